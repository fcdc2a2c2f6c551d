import { asPath, type Gap, type Listed, type Listing } from "../../src/backends/backend.ts";
import type { MemoryState, MemoryStore } from "../../src/backends/memory/memory-store.ts";
import { StorageError } from "../../src/foundation/errors.ts";
import { compareUtf8 } from "../../src/foundation/utf8-order.ts";
import type { SelectedPage } from "../../src/listing/select.ts";

/** Every file of a store, as a copy's scan gives them. */
export async function* scan(
  source: MemoryStore,
  from: string | undefined,
  signal: AbortSignal,
): AsyncIterable<SelectedPage> {
  for await (const page of source.list({ prefix: asPath(""), recursive: true, from }, signal)) {
    const files = page.items.flatMap((item) => (item.kind === "file" ? [item] : []));
    yield { files, symlinks: 0, specials: 0, gaps: [], token: page.token };
  }
}

/** A listing in which what lies below some folders (ending in "/") could not be listed. */
export async function* withGaps(
  store: MemoryStore,
  folders: readonly string[],
  signal: AbortSignal,
): Listing {
  const error = new StorageError("AccessDenied", "this folder is not to be read");
  const waiting: Gap[] = folders.map((folder) => ({ kind: "gap", path: asPath(folder), error }));
  waiting.sort((a, b) => compareUtf8(a.path, b.path));
  for await (const page of store.list({ prefix: asPath(""), recursive: true }, signal)) {
    const items: Listed[] = [];
    for (const item of page.items) {
      for (let gap = waiting[0]; gap && compareUtf8(gap.path, item.path) <= 0; gap = waiting[0]) {
        items.push(gap);
        waiting.shift();
      }
      if (!folders.some((folder) => item.path.startsWith(folder))) items.push(item);
    }
    yield { ...page, items };
  }
  if (waiting.length > 0) yield { items: waiting, token: undefined };
}

/** What a service holds at this moment, to compare or to go back to. */
export function copyOf(state: MemoryState) {
  const staged = new Map([...state.staged].map(([origin, blocks]) => [origin, new Map(blocks)]));
  return { objects: new Map(state.objects), staged };
}
