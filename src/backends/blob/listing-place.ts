/** How far one folder's own level has been listed: what of it comes next. */
export interface LevelMark {
  /** What names of the level begin with: a folder or any other text. */
  readonly prefix: string;
  /** The page of the level, as the service asks for it; undefined: its first. */
  readonly marker: string | undefined;
  /** What is done: this name or, where `whole`, all that begins with it. */
  readonly after: string;
  readonly whole: boolean;
}

/** A page of a flat listing. */
export interface FlatMark {
  readonly prefix: string;
  readonly marker: string | undefined;
  /** The names that are taken of it; at the first other one it ends. */
  readonly only: string;
}

/** Where a listing stands: in a flat listing, or in the innermost level, and in all levels around that. */
export interface Place {
  /** Outermost first. */
  readonly levels: readonly LevelMark[];
  readonly flat: FlatMark | undefined;
}

const ownTokens = "[[";

/** Whether a token is of a listing that was divided: no service knows what to do with it. */
export const isDivided = (token: string | undefined): boolean => token?.startsWith(ownTokens) === true;

/**
 * The token of a place in the listing of `prefix`. A listing that was never divided has the service's own markers for
 * tokens, and undefined for its beginning.
 */
export function tokenOf({ levels, flat }: Place, prefix: string): string | undefined {
  const undivided = levels.length === 0 && flat?.prefix === prefix && flat.only === prefix;
  if (undivided && !isDivided(flat.marker)) return flat.marker;
  return JSON.stringify([
    levels.map((mark) => [mark.prefix, mark.marker, mark.after, mark.whole]),
    flat === undefined ? undefined : [flat.prefix, flat.marker, flat.only],
  ]);
}

/** The place that a token of the listing of `prefix` stands for. What tokenOf() did not make is a service's marker. */
export function placeOf(token: string | undefined, prefix: string): Place {
  const undivided: Place = { levels: [], flat: { prefix, marker: token, only: prefix } };
  if (token === undefined || !isDivided(token)) return undivided;
  try {
    const [levels, flat] = JSON.parse(token) as [
      levels: [string, string | null, string, boolean][],
      flat: [string, string | null, string] | null,
    ];
    return {
      levels: levels.map(([at, marker, after, whole]) => ({
        prefix: at,
        marker: marker ?? undefined,
        after,
        whole,
      })),
      flat: flat === null ? undefined : { prefix: flat[0], marker: flat[1] ?? undefined, only: flat[2] },
    };
  } catch {
    return undivided;
  }
}
