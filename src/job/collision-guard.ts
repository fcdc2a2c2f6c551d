import type { RelativePath, Source } from "../backends/backend.ts";
import { asPath } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";

/** Most names remembered because they change on their way; a job with more of them is refused, not endangered. */
const remembered = 1_000_000;

/** How a destination names things: what a path becomes there, and what two paths share when they collide. */
export interface DestinationNames {
  /** undefined: every path stays as it is and is distinct. */
  readonly keyOf: ((path: RelativePath) => string) | undefined;
  /** Names that differ only in case are one name. */
  readonly caseSensitive: boolean;
}

/** The key of a path that has to be remembered; undefined for one that is its own key and distinct from all others. */
export function keyToRemember(names: DestinationNames, path: RelativePath): string | undefined {
  if (names.keyOf === undefined) return undefined;
  const key = names.keyOf(path);
  return key === path && names.caseSensitive ? undefined : key;
}

/**
 * Finds two sources that would share one destination name. Only names that change on their way are remembered
 * ("a//b" becomes "a/b"), each checked against the source's object of the plain name, so memory does not grow
 * with the number of ordinary names. Where case does not count every name has to be remembered.
 */
export class CollisionGuard {
  readonly #names: DestinationNames;
  readonly #source: Source;
  readonly #signal: AbortSignal;
  readonly #taken: Set<string>;

  /** `taken`: keys that an earlier run of the job remembered (keyToRemember). */
  constructor(
    names: DestinationNames,
    source: Source,
    signal: AbortSignal,
    taken: ReadonlySet<string> = new Set(),
  ) {
    this.#taken = new Set(taken);
    this.#names = names;
    this.#source = source;
    this.#signal = signal;
  }

  /** undefined: no collision, known at once. A promise: of the error, if there is a collision. */
  check(path: RelativePath): Promise<StorageError | undefined> | undefined {
    const key = keyToRemember(this.#names, path);
    if (key === undefined) return undefined;
    if (this.#taken.has(key)) return Promise.resolve(collision(path, key));
    if (this.#taken.size >= remembered) return Promise.resolve(tooMany(path));
    this.#taken.add(key);
    return this.#names.caseSensitive ? this.#checkPlain(path, key) : undefined;
  }

  async #checkPlain(path: RelativePath, key: string): Promise<StorageError | undefined> {
    const plain = await this.#source.stat(asPath(key), this.#signal);
    return plain?.kind === "file" ? collision(path, key) : undefined;
  }
}

function collision(path: RelativePath, key: string): StorageError {
  return new StorageError(
    "NameCollision",
    `"${path}" would be written as "${key}", and so would another object of this job; ` +
      "rename one of them, or copy them to different folders",
  );
}

function tooMany(path: RelativePath): StorageError {
  return new StorageError(
    "NameCollision",
    `"${path}" changes its name on the way, as ${remembered} others did before it; copy them in several jobs`,
  );
}
