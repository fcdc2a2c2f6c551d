/**
 * How many letters must be put in, left out, replaced or swapped with their neighbour to turn `a` into `b`
 * (Damerau-Levenshtein, no letter touched twice). Case does not count.
 */
export function editDistance(a: string, b: string): number {
  const from = a.toLowerCase();
  const to = b.toLowerCase();
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1];
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (same ? 0 : 1),
          swapped ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}

/** Longer words cannot be meant, and comparing them would take time. */
const wordLengthMax = 64;

/** What `word` may be a misspelling or the beginning of, most likely first. */
export function nearest(word: string, candidates: readonly string[]): string[] {
  if (word.length > wordLengthMax) return [];
  const mistakesMax = Math.min(2, Math.floor(word.length / 2));
  return candidates
    .map((candidate) => ({ candidate, distance: distanceOf(word, candidate) }))
    .filter(({ distance }) => distance <= mistakesMax)
    .sort((a, b) => a.distance - b.distance)
    .map(({ candidate }) => candidate);
}

/** Letters typed of a name that show which one is meant. */
const prefixLengthMin = 3;

function distanceOf(word: string, candidate: string): number {
  const begins = word.length >= prefixLengthMin && candidate.toLowerCase().startsWith(word.toLowerCase());
  return begins ? 1 : editDistance(word, candidate);
}
