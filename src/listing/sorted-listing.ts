import { strict as assert } from "node:assert";
import type { Listed, Listing, Page, RelativePath } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import { MiB } from "../foundation/units.ts";
import { compareUtf8 } from "../foundation/utf8-order.ts";
import { type Head, type MergeRules, mergeRuns } from "./merge-runs.ts";
import { type Run, type RunReader, Spill } from "./spill.ts";
import { machineSpillDisk, type SpillDisk } from "./spill-disk.ts";

export interface SortOptions {
  /** A folder that nothing else uses: made once something must be spilled, and removed at the end. */
  readonly folder: string;
  /** Items that are held and sorted in memory. Default 100,000. */
  readonly entriesPerRun?: number;
  /** What paths are ordered by, such as their folded case. Default: the path itself. */
  readonly keyOf?: (path: RelativePath) => string;
  readonly disk?: SpillDisk;
  readonly signal?: AbortSignal;
}

const entriesPerRunDefault = 100_000;
/** A run of very long names ends earlier; in UTF-16 units. */
const runLengthMax = 32 * MiB;
/** Runs that are read at once: 64 KiB of memory and an open file each. */
const runsMergedMax = 64;
const itemsPerPage = 1_000;

type Keyed = Omit<Head, "run">;

/**
 * A listing in compareUtf8 order of its keys, whatever order it comes in; items of equal keys stay in their order,
 * but a gap comes after what shares its name, as it stands for what lies below that. Nothing is dropped: a name
 * that is listed twice comes twice. Sorts runs in memory and merges them from files, so that memory does not grow with
 * the listing; what fits into one run never touches the disk. Pages carry no tokens: to start again is to sort again.
 *
 * Throws what the listing throws, "NoSpace" or "Internal" when the disk fails, "Cancelled" when the signal was
 * aborted. However it ends, its files are gone.
 */
export async function* sortedListing(listing: Listing, options: SortOptions): Listing {
  const sorter = new Sorter(options);
  try {
    for await (const page of listing) await sorter.add(page.items);
    for await (const items of sorter.sorted()) yield pageOf(items);
  } finally {
    await sorter.clear();
  }
}

const pageOf = (items: readonly Listed[]): Page => ({ items, token: undefined });

class Sorter {
  readonly #spill: Spill;
  readonly #signal: AbortSignal | undefined;
  readonly #entriesPerRun: number;
  readonly #rules: MergeRules;
  #held: Keyed[] = [];
  #heldLength = 0;
  /** In the order of the listing, on which the order of equal keys rests. */
  #runs: Run[] = [];

  constructor(options: SortOptions) {
    const { folder, entriesPerRun = entriesPerRunDefault, keyOf, disk = machineSpillDisk, signal } = options;
    assert(entriesPerRun > 0);
    this.#spill = new Spill(folder, disk);
    this.#signal = signal;
    this.#entriesPerRun = entriesPerRun;
    this.#rules = {
      keyOf: keyOf === undefined ? (item) => item.path : (item) => keyOf(item.path),
      compare: compareKeyed,
      batchItems: itemsPerPage,
    };
  }

  async add(items: readonly Listed[]): Promise<void> {
    for (const item of items) {
      // A run is written once there is more, so that what just fits stays in memory.
      const full = this.#held.length === this.#entriesPerRun || this.#heldLength > runLengthMax;
      if (full) await this.#spillRun();
      this.#held.push({ key: this.#rules.keyOf(item), item });
      this.#heldLength += item.path.length;
    }
  }

  async *sorted(): AsyncGenerator<readonly Listed[], void, void> {
    if (this.#runs.length === 0) {
      yield* batchesOf(this.#takeSorted());
      return;
    }
    if (this.#held.length > 0) await this.#spillRun();
    while (this.#runs.length > runsMergedMax) this.#runs = await this.#fewerRuns();
    yield* this.#merged(this.#runs);
  }

  clear(): Promise<void> {
    return this.#spill.clear();
  }

  async #spillRun(): Promise<void> {
    this.#throwIfCancelled();
    const items = this.#takeSorted();
    this.#runs.push(await this.#spill.write(batchesOf(items)));
  }

  #takeSorted(): Keyed[] {
    const held = this.#held.sort(compareKeyed);
    this.#held = [];
    this.#heldLength = 0;
    return held;
  }

  /** One pass: merges neighbours, and no more of them than it takes to have runsMergedMax left, if one pass can. */
  async #fewerRuns(): Promise<Run[]> {
    const fewer: Run[] = [];
    let excess = this.#runs.length - runsMergedMax;
    for (let at = 0; at < this.#runs.length; ) {
      const group = this.#runs.slice(at, at + Math.min(runsMergedMax, excess + 1));
      at += group.length;
      excess -= group.length - 1;
      if (group.length === 1) {
        fewer.push(...group);
        continue;
      }
      fewer.push(await this.#spill.write(this.#merged(group)));
      for (const run of group) await this.#spill.remove(run);
    }
    return fewer;
  }

  async *#merged(runs: readonly Run[]): AsyncGenerator<Listed[], void, void> {
    const readers: RunReader[] = [];
    for (const run of runs) readers.push(await this.#spill.read(run));
    for await (const items of mergeRuns(readers, this.#rules)) {
      this.#throwIfCancelled();
      yield items;
    }
  }

  #throwIfCancelled(): void {
    if (this.#signal?.aborted) throw new StorageError("Cancelled", "the sorting of a listing was cancelled");
  }
}

function* batchesOf(sorted: readonly Keyed[]): Iterable<Listed[]> {
  for (let start = 0; start < sorted.length; start += itemsPerPage) {
    yield sorted.slice(start, start + itemsPerPage).map(({ item }) => item);
  }
}

const compareKeyed = (a: Keyed, b: Keyed): number =>
  compareUtf8(a.key, b.key) || Number(a.item.kind === "gap") - Number(b.item.kind === "gap");
