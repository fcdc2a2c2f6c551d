import { StorageError } from "../foundation/errors.ts";
import { compareUtf8 } from "../foundation/utf8-order.ts";
import type { Listed, ListOptions, Page, RelativePath } from "./backend.ts";

/** One name in a folder, before anything but its kind is known. */
export interface Child {
  readonly name: string;
  /** Whether there may be something below it. A link is no folder. */
  readonly folder: boolean;
  /** What is wrong with the name itself, where something is; it is then listed as a gap. */
  readonly fault?: StorageError;
}

/** A store with real folders, as the walk sees it. Folder paths are "" or end in "/". */
export interface Tree {
  /**
   * The direct children, each once, in any order and in batches of any size. Throws "NotFound" when there is no
   * such folder.
   */
  children(folder: RelativePath): Iterable<readonly Child[]> | AsyncIterable<readonly Child[]>;
  /** What stands at `path` now; undefined when it is gone. */
  listed(path: RelativePath): Listed | undefined | Promise<Listed | undefined>;
}

export interface WalkLimits {
  readonly pageItemsMax: number;
  /**
   * Names of one folder that are held at a time. A larger folder is read several times, each time for its next
   * names in order: that needs no disk space, and memory does not grow with the folder.
   */
  readonly namesHeldMax: number;
}

export const walkLimits: WalkLimits = { pageItemsMax: 1_000, namesHeldMax: 500_000 };

/** The longest time without a turn for others: so many calls into the tree. */
const callsPerTurn = 256;

/**
 * Walks real folders in compareUtf8 order of full paths, as flat stores list. Holds one sorted folder a level.
 *
 * A folder has two places in that order: its own at "name", and its contents' at "name/". Between the two lie
 * its siblings "name-x" and "name.x", since "-" and "." sort before "/".
 *
 * A page's token is the last path of the page before. A walk from there continues after that path, and reads no
 * folder that lies wholly before it. Throws "NotFound" when the folder `prefix` is missing, "Cancelled" when the
 * signal was aborted. Any other folder that cannot be read is a gap at "name/"; one that has vanished is nothing.
 */
export async function* walk(
  tree: Tree,
  options: ListOptions,
  signal: AbortSignal,
  limits: WalkLimits = walkLimits,
): AsyncIterable<Page> {
  const { prefix, recursive, from, enters } = options;
  const turns = new Turns(signal);
  const levels: Level[] = [];
  let items: Listed[] = [];
  let token = from;
  const enter = async (path: RelativePath): Promise<void> => {
    const level = new Level(tree, path, limits.namesHeldMax, turns);
    try {
      await level.open(from);
      levels.push(level);
    } catch (error) {
      if (!(error instanceof StorageError) || error.code === "Cancelled") throw error;
      if (error.code !== "NotFound") items.push({ kind: "gap", path, error });
      else if (path === prefix) throw error;
    }
  };
  await enter(prefix);
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const place = level.next() ?? (await level.more());
    if (place === undefined) {
      levels.pop();
    } else if (place.inside === true) {
      const folder = (level.path + place.name) as RelativePath;
      const wanted = recursive && (enters === undefined || enters(folder.slice(0, -1) as RelativePath));
      if (wanted) await enter(folder);
    } else {
      const found = listedAt(tree, level.path, place);
      const listed = found instanceof Promise ? await found : found;
      if (listed) items.push(listed);
    }
    const turn = turns.take(1);
    if (turn) await turn;
    if (items.length < limits.pageItemsMax) continue;
    yield { items, token };
    token = items.at(-1)?.path;
    items = [];
  }
  if (items.length > 0) yield { items, token };
}

/** A child in its own place or, where `inside`, the place of a folder's contents: its name then ends in "/". */
type Place = Child & { readonly inside?: true };

const byName = (a: Place, b: Place): number => compareUtf8(a.name, b.name);

/** One folder on the way down: its places in order, as many as may be held. */
class Level {
  readonly path: RelativePath;
  readonly #tree: Tree;
  readonly #placesMax: number;
  readonly #turns: Turns;
  #places: Place[] = [];
  #next = 0;
  /** The last place held, where the folder has more than may be held. */
  #last: string | undefined;

  constructor(tree: Tree, path: RelativePath, placesMax: number, turns: Turns) {
    this.path = path;
    this.#tree = tree;
    this.#placesMax = placesMax;
    this.#turns = turns;
  }

  /** Reads the folder, but for what lies before the path `from`. */
  async open(from: string | undefined): Promise<void> {
    if (from?.startsWith(this.path) !== true) return this.#read(() => true);
    const rest = from.slice(this.path.length);
    return this.#read(({ name, inside }) => {
      // A folder whose contents were begun is entered again; a gap in its stead was told.
      if (inside === true && rest.startsWith(name)) return rest !== name;
      return compareUtf8(name, rest) > 0;
    });
  }

  /** The next of the places held. */
  next(): Place | undefined {
    return this.#places[this.#next++];
  }

  /** The next place, after reading the folder's next names; undefined at its end. */
  async more(): Promise<Place | undefined> {
    const last = this.#last;
    if (last === undefined) return undefined;
    await this.#read(({ name }) => compareUtf8(name, last) > 0);
    return this.next();
  }

  /** Takes the first places in order that are `wanted`, holding no more than twice as many as it may keep. */
  async #read(wanted: (place: Place) => boolean): Promise<void> {
    let places: Place[] = [];
    let last: string | undefined;
    const keepFirst = (): void => {
      places.sort(byName);
      if (places.length <= this.#placesMax) return;
      places = places.slice(0, this.#placesMax);
      last = places.at(-1)?.name;
    };
    const add = (place: Place): void => {
      if (!wanted(place) || (last !== undefined && compareUtf8(place.name, last) > 0)) return;
      places.push(place);
      if (places.length >= 2 * this.#placesMax) keepFirst();
    };
    for await (const batch of this.#tree.children(this.path)) {
      for (const child of batch) {
        add(child);
        if (child.folder) add({ name: `${child.name}/`, folder: false, inside: true });
      }
      await this.#turns.take(batch.length);
    }
    keepFirst();
    this.#places = places;
    this.#next = 0;
    this.#last = last;
  }
}

function listedAt(
  tree: Tree,
  folder: RelativePath,
  { name, folder: isFolder, fault }: Place,
): Listed | undefined | Promise<Listed | undefined> {
  const path = (folder + name) as RelativePath;
  if (fault) return { kind: "gap", path, error: fault };
  const found = tree.listed(path);
  if (isFolder) return found;
  // What took the place of a file after its folder was read has contents that nobody lists.
  const check = (listed: Listed | undefined): Listed | undefined =>
    listed?.kind === "folder" ? { kind: "gap", path, error: becameFolder(path) } : listed;
  return found instanceof Promise ? found.then(check) : check(found);
}

function becameFolder(path: RelativePath): StorageError {
  return new StorageError("SourceChanged", `"${path}" became a folder while it was listed; list it again`);
}

/** Shares the thread: what waits for the event loop (sockets, timers) gets its turn between two batches. */
class Turns {
  readonly #signal: AbortSignal;
  #calls = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Counts calls; where it is somebody else's turn, resolves after it. Throws "Cancelled" when aborted. */
  take(calls: number): Promise<void> | undefined {
    if (this.#signal.aborted) throw new StorageError("Cancelled", "the listing was cancelled");
    this.#calls += calls;
    if (this.#calls < callsPerTurn) return undefined;
    this.#calls = 0;
    return new Promise((resolve) => setImmediate(resolve));
  }
}
