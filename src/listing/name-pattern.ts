import { StorageError } from "../foundation/errors.ts";

/** Whether what stands in `path` from the index `from` on matches: a name is judged without being cut out. */
export type NameMatcher = (path: string, from: number) => boolean;

/**
 * Compiles a pattern for one name in the dialect of Go's path.Match: "*" any text, "?" one character, "[a-z]" and
 * "[^a-z]" one of a class, "\" takes the next character as it is. Characters are code points, case counts.
 * Throws "InvalidArgument" for a class that is empty or not closed, and for a "\" at the end.
 */
export function compileName(pattern: string): NameMatcher {
  const tokens = new PatternReader(pattern).read();
  const pieces = literalPieces(tokens);
  return pieces === undefined ? (path, from) => matches(tokens, path, from) : compilePieces(pieces);
}

type Token = { readonly kind: "text"; readonly text: string } | { readonly kind: "star" } | OneCharacter;

interface OneCharacter {
  readonly kind: "one";
  readonly negated: boolean;
  /** First and last code points of each range. */
  readonly ranges: readonly (readonly [number, number])[];
}

/** The texts between the stars; undefined where the pattern has more than texts and stars. */
function literalPieces(tokens: readonly Token[]): readonly string[] | undefined {
  const pieces = [""];
  for (const token of tokens) {
    if (token.kind === "one") return undefined;
    if (token.kind === "star") pieces.push("");
    else pieces[pieces.length - 1] += token.text;
  }
  return pieces;
}

/** Without classes the engine's own string searches decide, which is what nearly all patterns need. */
function compilePieces(pieces: readonly string[]): NameMatcher {
  const first = pieces[0] ?? "";
  if (pieces.length === 1) {
    return (path, from) => path.length - from === first.length && path.startsWith(first, from);
  }
  const last = pieces.at(-1) ?? "";
  const middle = pieces.slice(1, -1).filter((piece) => piece !== "");
  const least = first.length + last.length;
  const ends: NameMatcher = (path, from) =>
    path.length - from >= least && path.startsWith(first, from) && path.endsWith(last);
  if (middle.length === 0) return ends;
  return (path, from) => {
    if (!ends(path, from)) return false;
    let at = from + first.length;
    for (const piece of middle) {
      const found = path.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return at <= path.length - last.length;
  };
}

/** The latest star takes one character more at each failure: no deeper memory is needed, so time stays bounded. */
function matches(tokens: readonly Token[], path: string, from: number): boolean {
  let at = from;
  let index = 0;
  let starIndex = -1;
  let starAt = from;
  for (;;) {
    const token = tokens[index];
    if (token === undefined) {
      if (at === path.length) return true;
    } else if (token.kind === "star") {
      starIndex = index++;
      starAt = at;
      continue;
    } else {
      const next = step(token, path, at);
      if (next !== undefined) {
        at = next;
        index++;
        continue;
      }
    }
    if (starIndex < 0 || starAt >= path.length) return false;
    starAt += widthAt(path, starAt);
    at = starAt;
    index = starIndex + 1;
  }
}

/** Where `path` goes on after `token`; undefined when it does not stand at `at`. */
function step(token: Exclude<Token, { kind: "star" }>, path: string, at: number): number | undefined {
  if (token.kind === "text") return path.startsWith(token.text, at) ? at + token.text.length : undefined;
  const point = path.codePointAt(at);
  if (point === undefined) return undefined;
  const listed = token.ranges.some(([low, high]) => low <= point && point <= high);
  return listed !== token.negated ? at + widthAt(path, at) : undefined;
}

const widthAt = (text: string, at: number): number => ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);

class PatternReader {
  readonly #pattern: string;
  readonly #points: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
    this.#points = Array.from(pattern);
  }

  read(): readonly Token[] {
    const tokens: Token[] = [];
    let text = "";
    const flush = (): void => {
      if (text !== "") tokens.push({ kind: "text", text });
      text = "";
    };
    for (let point = this.#next(); point !== undefined; point = this.#next()) {
      if (point === "*" || point === "?" || point === "[") {
        flush();
        if (point === "*") tokens.push({ kind: "star" });
        else tokens.push(point === "[" ? this.#class() : { kind: "one", negated: true, ranges: [] });
      } else {
        text += point === "\\" ? this.#escaped() : point;
      }
    }
    flush();
    return tokens;
  }

  #class(): OneCharacter {
    const negated = this.#points[this.#at] === "^";
    if (negated) this.#at++;
    const ranges: [number, number][] = [];
    while (ranges.length === 0 || this.#points[this.#at] !== "]") {
      const low = this.#member();
      const isRange = this.#points[this.#at] === "-";
      if (isRange) this.#at++;
      ranges.push([low, isRange ? this.#member() : low]);
    }
    this.#at++;
    return { kind: "one", negated, ranges };
  }

  #member(): number {
    const point = this.#next();
    if (point === undefined) throw this.#invalid('a "[" is not closed');
    if (point === "]" || point === "-")
      throw this.#invalid(`"${point}" needs a "\\" before it inside "[...]"`);
    return (point === "\\" ? this.#escaped() : point).codePointAt(0) ?? 0;
  }

  #escaped(): string {
    const point = this.#next();
    if (point === undefined) throw this.#invalid('it ends in a lone "\\"');
    return point;
  }

  #next(): string | undefined {
    return this.#points[this.#at++];
  }

  #invalid(why: string): StorageError {
    return new StorageError("InvalidArgument", `the pattern "${this.#pattern}" is not valid: ${why}`);
  }
}
