import type { StorageError } from "../foundation/errors.ts";

/**
 * "/"-separated, relative to the root that a store was opened at; "" is the root itself. Object stores allow
 * any string here ("a//b", "../x", a leading "/"): only a store with real folders restricts what it accepts.
 */
export type RelativePath = string & { readonly __brand: "RelativePath" };

export const asPath = (text: string): RelativePath => text as RelativePath;

export interface Entry {
  /** "special": a device, pipe or socket. A link is never followed by a listing. */
  readonly kind: "file" | "folder" | "symlink" | "special";
  readonly path: RelativePath;
  /** Content length; 0 for folders. */
  readonly bytes: number;
  readonly modifiedMs: number | undefined;
  /** ETag or the like: names the content, so that a later read can tell whether it changed. */
  readonly version: string | undefined;
  /** Base64 of the content's MD5, where the store keeps one. */
  readonly contentMd5?: string;
  /** Names one of several states of the object, where a listing was asked for them. */
  readonly snapshot?: string;
  readonly versionId?: string;
  /** Where a listing was asked for them. */
  readonly details?: EntryDetails;
}

/** What else a store tells of an object, in its own words; for people to read. */
export interface EntryDetails {
  /** "BlockBlob", "PageBlob" or "AppendBlob". */
  readonly blobType?: string;
  readonly tier?: string;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly leaseState?: string;
  readonly leaseDuration?: string;
  readonly leaseStatus?: string;
  readonly archiveStatus?: string;
}

/** A subtree that could not be listed. Nothing may be concluded about paths that start with `path`. */
export interface Gap {
  readonly kind: "gap";
  readonly path: RelativePath;
  readonly error: StorageError;
}

export type Listed = Entry | Gap;

/** Entries travel in pages: at 100 million entries, one await each would cost a minute of CPU a stage. */
export interface Page {
  readonly items: readonly Listed[];
  /** list({ from: token }) starts again with this page, as it then is. undefined: the very first page. */
  readonly token: string | undefined;
}

export type Listing = AsyncIterable<Page>;

export interface ListOptions {
  /** Only paths that start with this text. Ends in "/" or is "": a folder. Flat stores take any beginning of a path. */
  readonly prefix: RelativePath;
  /** false: only the direct children of `prefix`. */
  readonly recursive: boolean;
  /** The token of the page to start again with. */
  readonly from?: string | undefined;
  /** Answers false for a folder that need not be entered. Stores that list flat ignore it. */
  readonly enters?: ((folder: RelativePath) => boolean) | undefined;
  /** true: with Entry.details, where the store has them. */
  readonly details?: boolean;
  /** true: with all versions of each object, the oldest first, where the store keeps them. */
  readonly versions?: boolean;
}

/** What the engine must know about a store before it plans. Facts, not behaviour. */
export interface Traits {
  /** The order in which list() yields paths. "utf8" is checked as it streams, never trusted. */
  readonly order: "utf8" | "none";
  readonly folders: "real" | "virtual";
  readonly caseSensitive: boolean;
  readonly blockBytesMax: number;
  readonly blockCountMax: number;
  /** The largest object that put() takes. */
  readonly putBytesMax: number;
}

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export interface Block {
  readonly index: number;
  readonly range: ByteRange;
}

export interface Listable {
  readonly traits: Traits;
  /** Throws "ContainerNotFound" or "NotFound" when the root is not there. A folder it may not read is a Gap. */
  list(options: ListOptions, signal: AbortSignal): Listing;
  /**
   * The object (or real folder) at `path`; undefined when nothing is there. A symlink is not followed. `details`
   * asks for Entry.details and the version's id as well.
   */
  stat(path: RelativePath, signal: AbortSignal, details?: boolean): Promise<Entry | undefined>;
  /** Whether anything lies below `folder` ("" for the root). Throws as list() does. */
  hasChildren(folder: RelativePath, signal: AbortSignal): Promise<boolean>;
}

export interface Source extends Listable {
  /**
   * Fills `into` (of `range.length` bytes) exactly. Throws "SourceChanged" when the object is no longer the
   * `entry` that was listed (version for object stores, size and time for files); `into` is then undefined.
   */
  read(entry: Entry, range: ByteRange, into: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Throws "SourceChanged" when the object is no longer the `entry` that was listed. */
  verify(entry: Entry, signal: AbortSignal): Promise<void>;
  /**
   * What a copy should keep beyond the entry: headers, metadata. `head` is the content's beginning (512 bytes
   * or all of it), where the caller has it at hand; it saves a read.
   */
  describe(entry: Entry, head: Uint8Array | undefined, signal: AbortSignal): Promise<Properties>;
}

export interface Properties {
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly contentDisposition?: string;
  readonly cacheControl?: string;
  /** Base64 of the content's MD5, to be stored with the object. */
  readonly contentMd5?: string;
  /** Access tier by its service name ("Hot", "Cool", "Cold", "Archive"). */
  readonly tier?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Set as the object's own modification time, by stores that allow that. */
  readonly modifiedMs?: number;
}

/** What must be true of the destination name at the moment the object appears. */
export type Expectation =
  | { readonly kind: "any" }
  | { readonly kind: "absent" }
  | { readonly kind: "version"; readonly version: string };

export interface Target {
  readonly path: RelativePath;
  readonly bytes: number;
  readonly expect: Expectation;
  /** Stable across resumes: block ids and temporary names derive from it. */
  readonly part: number;
  readonly index: number;
}

export interface Destination extends Listable {
  /**
   * Writes a whole object in one step: it appears with all its bytes and properties, or not at all. A reply
   * that was lost is recognised as the success that it was. Throws "AlreadyExists" or "PreconditionFailed"
   * when the expectation does not hold; then, as after every failure, what stood there before still stands.
   */
  put(target: Target, bytes: Uint8Array, properties: Properties, signal: AbortSignal): Promise<void>;
  /** Begins an object of several blocks. Nothing is visible before commit(). */
  write(target: Target, blocks: readonly Block[], signal: AbortSignal): Promise<Writer>;
  /** Objects that a process which died had put or committed, unsettled: the next settle() includes them. */
  adopt(paths: readonly RelativePath[]): void;
  /**
   * Resolves when all that was put, committed or adopted before the call survives a power cut; and what an earlier
   * process delivered and this one has not touched (staging files) does, too.
   */
  settle(signal: AbortSignal): Promise<void>;
  /** The job is over: gives back what the store holds for it (handles, the staging folder if it is empty). */
  close(): Promise<void>;
}

/** What goes along with an object that is removed. */
export interface RemovalRules {
  /** "refuse": an object with snapshots stays ("PreconditionFailed"); "include": they go, too; "only": only they go. */
  readonly snapshots: "refuse" | "include" | "only";
}

/** What is to be changed of an object; what is not named stays as it is. */
export interface PropertyChange {
  readonly tier?: string;
  readonly rehydratePriority?: "Standard" | "High";
  /** Replaces all metadata; {} removes it. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Replaces all index tags; {} removes them. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** A place whose objects can be changed or taken away. */
export interface Changeable {
  /** Most objects that one call of remove() or change() takes; a service does them in one request where it can. */
  readonly changeBatchMax: number;
  /**
   * Removes objects (and empty real folders), each only if it still is the entry that was listed. What is gone
   * already counts as removed. Gives an outcome for each, in order: undefined, or why it stays ("PreconditionFailed"
   * when it changed meanwhile). Throws only when none was tried.
   */
  remove(
    entries: readonly Entry[],
    rules: RemovalRules,
    signal: AbortSignal,
  ): Promise<readonly (StorageError | undefined)[]>;
  /** Changes properties of objects; outcomes as remove() gives them. "Unsupported" where the store keeps none. */
  change(
    entries: readonly Entry[],
    change: PropertyChange,
    signal: AbortSignal,
  ): Promise<readonly (StorageError | undefined)[]>;
  /** Creates the container (or folder) that the endpoint names. */
  createRoot(signal: AbortSignal): Promise<"created" | "existed">;
}

/** One object of several blocks being written. */
export interface Writer {
  /** How many blocks may be under way together: 1 where they must come in order. */
  readonly blocksAtOnce: number;
  /** What an earlier run left: the blocks that the store still holds, or "committed". */
  delivered(signal: AbortSignal): Promise<ReadonlySet<number> | "committed">;
  /** Idempotent. `bytes` may be reused once this resolves. */
  deliver(block: Block, bytes: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Reads back a delivered block, where the store can; "Unsupported" elsewhere. For checksums over the whole. */
  readBack(block: Block, into: Uint8Array, signal: AbortSignal): Promise<void>;
  /** Resolves when every delivered block survives a power cut. */
  settle(): Promise<void>;
  /** Makes the object appear, whole. Throws as put() does. A repeated commit of the same blocks succeeds. */
  commit(properties: Properties, signal: AbortSignal): Promise<void>;
  /** Gives back handles; what was delivered stays for a later resume. Never throws. */
  suspend(): Promise<void>;
  /** Forgets what was delivered by this job, and touches nothing else. Never throws. */
  abandon(): Promise<void>;
}
