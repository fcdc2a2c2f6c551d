import type { Listed } from "../backends/backend.ts";
import type { RunReader } from "./spill.ts";

/** What one run offers next. */
export interface Head {
  readonly key: string;
  readonly item: Listed;
  /** The run's place: of equal items that of the earlier run comes first. */
  readonly run: number;
}

export interface MergeRules {
  readonly keyOf: (item: Listed) => string;
  /** Orders two items and their keys; 0 leaves them in the order of their runs. */
  readonly compare: (a: Omit<Head, "run">, b: Omit<Head, "run">) => number;
  readonly batchItems: number;
}

/**
 * Merges sorted runs into batches of items, holding one item and one chunk of each. Waits only where a run's chunk is
 * used up. Throws what the readers throw.
 */
export async function* mergeRuns(
  readers: readonly RunReader[],
  { keyOf, compare, batchItems }: MergeRules,
): AsyncGenerator<Listed[], void, void> {
  const heap = new Heap((a, b) => compare(a, b) || a.run - b.run);
  for (const [run, reader] of readers.entries()) {
    const item = await reader.more();
    if (item !== undefined) heap.add({ key: keyOf(item), item, run });
  }
  let batch: Listed[] = [];
  for (let head = heap.first; head !== undefined; head = heap.first) {
    batch.push(head.item);
    const reader = readers[head.run] as RunReader;
    const item = reader.next() ?? (await reader.more());
    if (item === undefined) heap.removeFirst();
    else heap.replaceFirst({ key: keyOf(item), item, run: head.run });
    if (batch.length < batchItems) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The heads of the runs, the least first. */
class Heap {
  readonly #heads: Head[] = [];
  readonly #compare: (a: Head, b: Head) => number;

  constructor(compare: (a: Head, b: Head) => number) {
    this.#compare = compare;
  }

  get first(): Head | undefined {
    return this.#heads[0];
  }

  add(head: Head): void {
    const heads = this.#heads;
    let at = heads.length;
    heads.push(head);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (this.#compare(heads[above] as Head, head) <= 0) break;
      heads[at] = heads[above] as Head;
      at = above;
    }
    heads[at] = head;
  }

  removeFirst(): void {
    const last = this.#heads.pop();
    if (last !== undefined && this.#heads.length > 0) this.replaceFirst(last);
  }

  replaceFirst(head: Head): void {
    const heads = this.#heads;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heads.length) break;
      if (below + 1 < heads.length && this.#compare(heads[below + 1] as Head, heads[below] as Head) < 0)
        below++;
      if (this.#compare(head, heads[below] as Head) <= 0) break;
      heads[at] = heads[below] as Head;
      at = below;
    }
    heads[at] = head;
  }
}
