import type { Entry, Gap, ListOptions, Page, RelativePath, Source } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import { compareUtf8 } from "../foundation/utf8-order.ts";

/** What one page of a source's listing holds for a copy. */
export interface SelectedPage {
  /** Entries of kind "file" only. */
  readonly files: readonly Entry[];
  /** Links and special files that were passed over. */
  readonly symlinks: number;
  readonly specials: number;
  readonly gaps: readonly Gap[];
  /** Where select() starts again with this page; undefined: the very beginning. */
  readonly token: string | undefined;
}

/** What of a listing counts. Neither is asked about folders. */
export interface Takes {
  file(entry: Entry): boolean;
  /** Links and special files that count as passed over. */
  skipped(entry: Entry): boolean;
}

/**
 * Lists and keeps what `takes` says, page by page; the pages keep their tokens. Folders have no place in a copy of
 * files and are dropped. Throws what list() throws, and "Corrupt" when a listing whose order is known is out of it:
 * then objects may be missing from it or come twice.
 */
export async function* listSelected(
  source: Source,
  options: ListOptions,
  takes: Takes,
  signal: AbortSignal,
): AsyncIterable<SelectedPage> {
  const ordered = source.traits.order === "utf8";
  let last: RelativePath | undefined;
  for await (const page of source.list(options, signal)) {
    if (ordered) last = checkOrder(page, last);
    yield keep(page, takes);
  }
}

function keep(page: Page, takes: Takes): SelectedPage {
  const files: Entry[] = [];
  const gaps: Gap[] = [];
  let symlinks = 0;
  let specials = 0;
  for (const item of page.items) {
    switch (item.kind) {
      case "file":
        if (takes.file(item)) files.push(item);
        break;
      case "symlink":
        if (takes.skipped(item)) symlinks++;
        break;
      case "special":
        if (takes.skipped(item)) specials++;
        break;
      case "gap":
        gaps.push(item);
        break;
      case "folder":
        break;
    }
  }
  return { files, symlinks, specials, gaps, token: page.token };
}

/** Returns the last path. Folders and gaps are left out: they stand for what comes at "name/". */
function checkOrder(page: Page, before: RelativePath | undefined): RelativePath | undefined {
  let last = before;
  for (const item of page.items) {
    if (item.kind === "folder" || item.kind === "gap") continue;
    if (last !== undefined && compareUtf8(last, item.path) >= 0) {
      throw new StorageError(
        "Corrupt",
        `the source listed "${item.path}" after "${last}": its listing is out of order, so objects may be missing ` +
          "from it; start the job again, and report this if it stays",
      );
    }
    last = item.path;
  }
  return last;
}
