import { strict as assert } from "node:assert";
import type { Clock } from "../../foundation/clock.ts";
import { StorageError } from "../../foundation/errors.ts";
import { compareUtf8 } from "../../foundation/utf8-order.ts";
import type {
  Block,
  ByteRange,
  Destination,
  Entry,
  ListOptions,
  Page,
  Properties,
  RelativePath,
  Source,
  Target,
  Traits,
  Writer,
} from "../backend.ts";

export type MemoryOperation =
  | "list"
  | "stat"
  | "hasChildren"
  | "read"
  | "verify"
  | "describe"
  | "put"
  | "write"
  | "delivered"
  | "deliver"
  | "readBack"
  | "commit"
  | "abandon"
  | "settle"
  | "remove"
  | "change"
  | "createRoot";

/**
 * Called before and after the effect of every operation. It may take its time (a slow store), and it may throw:
 * before the effect that is a request that was lost, after it a reply that was lost.
 */
export type MemoryFault = (
  operation: MemoryOperation,
  path: RelativePath,
  moment: "before" | "after",
) => Promise<void> | void;

export interface MemoryObject {
  readonly bytes: Uint8Array;
  readonly properties: Properties;
  readonly tags?: Readonly<Record<string, string>>;
  readonly modifiedMs: number;
  readonly version: string;
  /** The transfer that made it, so that its repetition is recognised; undefined when place() did. */
  readonly origin: string | undefined;
}

/** What a service holds: it outlives the stores that are opened on it, as a service outlives a process. */
export class MemoryState {
  readonly objects = new Map<RelativePath, MemoryObject>();
  /** Blocks that were delivered and not yet committed, by the origin of their transfer and their index. */
  readonly staged = new Map<string, Map<number, Uint8Array>>();
  #versions = 0;

  /** Makes an object appear, replacing what is there. */
  place(path: RelativePath, bytes: Uint8Array, rest: Partial<MemoryObject> = {}): void {
    const version = `v${++this.#versions}`;
    const filled = { properties: {}, modifiedMs: this.#versions, version, origin: undefined, ...rest };
    this.objects.set(path, { bytes: new Uint8Array(bytes), ...filled });
  }
}

export interface MemoryOptions {
  readonly state?: MemoryState;
  /** Names what this store stages; another job's blocks are not its own. */
  readonly jobId?: string;
  /** Where modification times come from; without it they count the versions. */
  readonly clock?: Clock;
  readonly traits?: Partial<Traits>;
  readonly fault?: MemoryFault;
  /** Told what adopt() was given. */
  readonly adopted?: (paths: readonly RelativePath[]) => void;
  readonly pageItemsMax?: number;
  readonly blocksAtOnce?: number;
}

/**
 * The model of a flat object store, held to the contract like the real ones and exact in what they may differ in:
 * staged blocks survive a crash (a new MemoryStore on the same state), and the repetition of a transfer that
 * already succeeded is recognised as that success.
 */
export class MemoryStore implements Source, Destination {
  readonly traits: Traits;
  readonly state: MemoryState;
  readonly #options: MemoryOptions;

  constructor(options: MemoryOptions = {}) {
    this.#options = options;
    this.state = options.state ?? new MemoryState();
    this.traits = {
      order: "utf8",
      folders: "virtual",
      caseSensitive: true,
      blockBytesMax: 4_000 * 1024 * 1024,
      blockCountMax: 50_000,
      putBytesMax: 5_000 * 1024 * 1024,
      ...options.traits,
    };
  }

  async *list(options: ListOptions, signal: AbortSignal): AsyncIterable<Page> {
    const { prefix, recursive, from } = options;
    const { pageItemsMax = 1_000 } = this.#options;
    const paths = [...this.state.objects.keys()]
      .filter((path) => path.startsWith(prefix) && (from === undefined || compareUtf8(path, from) > 0))
      .filter((path) => recursive || !path.includes("/", prefix.length))
      .sort(compareUtf8);
    let token = from;
    for (let start = 0; start === 0 || start < paths.length; start += pageItemsMax) {
      const pagePaths = paths.slice(start, start + pageItemsMax);
      const items = await this.#run("list", prefix, signal, () =>
        pagePaths.flatMap((path) => {
          const object = this.state.objects.get(path);
          return object ? [entryOf(path, object)] : [];
        }),
      );
      yield { items, token };
      token = pagePaths.at(-1);
    }
  }

  stat(path: RelativePath, signal: AbortSignal): Promise<Entry | undefined> {
    return this.#run("stat", path, signal, () => {
      const object = this.state.objects.get(path);
      return object && entryOf(path, object);
    });
  }

  hasChildren(folder: RelativePath, signal: AbortSignal): Promise<boolean> {
    const prefix = folder === "" || folder.endsWith("/") ? folder : `${folder}/`;
    return this.#run("hasChildren", folder, signal, () =>
      [...this.state.objects.keys()].some((path) => path.startsWith(prefix)),
    );
  }

  read(entry: Entry, range: ByteRange, into: Uint8Array, signal: AbortSignal): Promise<void> {
    assert(into.length === range.length);
    return this.#run("read", entry.path, signal, () => {
      const { bytes } = this.#unchanged(entry);
      assert(range.offset + range.length <= bytes.length);
      into.set(bytes.subarray(range.offset, range.offset + range.length));
    });
  }

  verify(entry: Entry, signal: AbortSignal): Promise<void> {
    return this.#run("verify", entry.path, signal, () => {
      this.#unchanged(entry);
    });
  }

  describe(entry: Entry, _head: Uint8Array | undefined, signal: AbortSignal): Promise<Properties> {
    return this.#run("describe", entry.path, signal, () => this.#unchanged(entry).properties);
  }

  put(target: Target, bytes: Uint8Array, properties: Properties, signal: AbortSignal): Promise<void> {
    assert(bytes.length === target.bytes && bytes.length <= this.traits.putBytesMax);
    return this.#run("put", target.path, signal, () => this.#appear(target, bytes, properties));
  }

  async write(target: Target, blocks: readonly Block[], signal: AbortSignal): Promise<Writer> {
    assert(blocks.length <= this.traits.blockCountMax);
    assert(blocks.every(({ range }) => range.length <= this.traits.blockBytesMax));
    await this.#run("write", target.path, signal, () => {});
    const origin = this.#originOf(target);
    const { path } = target;
    const staged = (): Map<number, Uint8Array> => this.state.staged.get(origin) ?? new Map();
    return {
      blocksAtOnce: this.#options.blocksAtOnce ?? 16,
      delivered: (aborts) =>
        this.#run("delivered", path, aborts, () =>
          this.state.objects.get(path)?.origin === origin ? "committed" : new Set(staged().keys()),
        ),
      deliver: (block, bytes, aborts) => {
        assert(bytes.length === block.range.length);
        return this.#run("deliver", path, aborts, () => {
          this.state.staged.set(origin, staged().set(block.index, new Uint8Array(bytes)));
        });
      },
      readBack: (block, into, aborts) =>
        this.#run("readBack", path, aborts, () => {
          const bytes = staged().get(block.index);
          if (!bytes) throw new StorageError("NotFound", `no block ${block.index} of "${path}" is staged`);
          into.set(bytes);
        }),
      commit: (properties, aborts) =>
        this.#run("commit", path, aborts, () => {
          if (this.state.objects.get(path)?.origin === origin) return;
          const parts = blocks.map(({ index }) => staged().get(index));
          const whole = parts.filter((bytes) => bytes !== undefined);
          if (whole.length < parts.length) {
            throw new StorageError("Corrupt", `cannot commit "${path}": not all of its blocks are there`);
          }
          this.#appear(target, Buffer.concat(whole), properties);
          this.state.staged.delete(origin);
        }),
      settle: () => this.#run("settle", path, undefined, () => {}),
      suspend: async () => {},
      abandon: async () => {
        // The contract lets abandon() fail silently only: what a fault throws is a request that did not arrive.
        await this.#run("abandon", path, undefined, () => this.state.staged.delete(origin)).catch(() => {});
      },
    };
  }

  adopt(paths: readonly RelativePath[]): void {
    this.#options.adopted?.(paths);
  }

  settle(signal: AbortSignal): Promise<void> {
    return this.#run("settle", "" as RelativePath, signal, () => {});
  }

  async close(): Promise<void> {}

  /** One operation: the effect takes place at one instant, between the two calls of the fault. */
  async #run<T>(
    operation: MemoryOperation,
    path: RelativePath,
    signal: AbortSignal | undefined,
    effect: () => T,
  ): Promise<T> {
    const { fault } = this.#options;
    if (fault) await fault(operation, path, "before");
    if (signal?.aborted) throw new StorageError("Cancelled", `${operation} of "${path}" was cancelled`);
    const result = effect();
    if (fault) await fault(operation, path, "after");
    return result;
  }

  #appear(target: Target, bytes: Uint8Array, properties: Properties): void {
    assert(bytes.length === target.bytes);
    const { path, expect } = target;
    const there = this.state.objects.get(path);
    const origin = this.#originOf(target);
    if (there?.origin === origin && Buffer.compare(there.bytes, bytes) === 0) return;
    if (expect.kind === "absent" && there) {
      throw new StorageError("AlreadyExists", `"${path}" exists`);
    }
    if (expect.kind === "version" && there?.version !== expect.version) {
      throw new StorageError("PreconditionFailed", `"${path}" is no longer ${expect.version}`);
    }
    const { clock } = this.#options;
    this.state.place(path, bytes, { properties, origin, ...(clock ? { modifiedMs: clock.now() } : {}) });
  }

  #originOf(target: Target): string {
    return `${this.#options.jobId ?? ""}/${target.part}/${target.index}`;
  }

  #object(path: RelativePath): MemoryObject {
    const object = this.state.objects.get(path);
    if (!object) throw new StorageError("NotFound", `"${path}" is not there`);
    return object;
  }

  #unchanged(entry: Entry): MemoryObject {
    const object = this.#object(entry.path);
    if (object.version === entry.version) return object;
    throw new StorageError("SourceChanged", `"${entry.path}" changed since it was listed`);
  }
}

function entryOf(path: RelativePath, object: MemoryObject): Entry {
  const { bytes, modifiedMs, version, properties } = object;
  const { contentMd5 } = properties;
  return {
    kind: "file",
    path,
    bytes: bytes.length,
    modifiedMs,
    version,
    ...(contentMd5 === undefined ? {} : { contentMd5 }),
  };
}
