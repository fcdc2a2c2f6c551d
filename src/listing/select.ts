import type { Entry, RelativePath, Source } from "../backends/backend.ts";
import { asPath } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import type { Filter } from "./filter.ts";
import { compileGlob } from "./glob.ts";
import { selectPaths } from "./select-paths.ts";
import { listSelected, type SelectedPage } from "./selected-page.ts";

export type { SelectedPage } from "./selected-page.ts";

/** What of a source is meant, below the root it was opened at. Plain data: it stands in the job's header. */
export type Selection =
  | { readonly kind: "object"; readonly path: RelativePath }
  | { readonly kind: "tree"; readonly recursive: boolean }
  /** A pattern for compileGlob(). */
  | { readonly kind: "glob"; readonly pattern: string; readonly recursive: boolean }
  /** Objects and folders by name. A final "/" says that the folder is meant. */
  | { readonly kind: "paths"; readonly paths: readonly RelativePath[]; readonly recursive: boolean };

export interface SelectOptions {
  /** The token of the page to start again with. */
  readonly from?: string | undefined;
  /** What stat() said a moment ago about the path of an "object": it saves asking again. */
  readonly found?: Entry | undefined;
}

/** AzCopy's words (semantics 1.2). */
export const soleSymlinkMessage =
  "symlink handling was not specified and defaulted to skip, but the sole file target is a symlink";

/**
 * Streams what a selection and a filter leave of a source, holding one page. Throws what the source's list() and
 * stat() throw; "Corrupt" for a listing out of its order; and for a single object "NotFound" when it is not there,
 * "InvalidArgument" when it is a link or a folder. A listed path that cannot be had is a Gap, not an error.
 */
export function select(
  source: Source,
  selection: Selection,
  filter: Filter,
  options: SelectOptions,
  signal: AbortSignal,
): AsyncIterable<SelectedPage> {
  const { from } = options;
  switch (selection.kind) {
    case "object":
      return selectSole(source, selection.path, filter, options.found, signal);
    case "tree": {
      const { recursive } = selection;
      const takes = { file: filter.wants, skipped: () => true };
      return listSelected(
        source,
        { prefix: asPath(""), recursive, from, enters: filter.enters },
        takes,
        signal,
      );
    }
    case "glob": {
      const glob = compileGlob(selection.pattern, selection.recursive);
      const enters = (folder: RelativePath): boolean =>
        glob.enters(folder) && (filter.enters === undefined || filter.enters(folder));
      const takes = {
        file: (entry: Entry) => glob.wants(entry.path) && filter.wants(entry),
        // A link where the pattern would go on below a folder may lead to one, and is passed over as well.
        skipped: ({ kind, path }: Entry) => glob.wants(path) || (kind === "symlink" && glob.enters(path)),
      };
      return listSelected(source, { prefix: asPath(""), recursive: glob.deep, from, enters }, takes, signal);
    }
    case "paths":
      return selectPaths({ source, filter, recursive: selection.recursive, signal }, selection.paths, from);
  }
}

async function* selectSole(
  source: Source,
  path: RelativePath,
  filter: Filter,
  found: Entry | undefined,
  signal: AbortSignal,
): AsyncIterable<SelectedPage> {
  const entry = found ?? (await source.stat(path, signal));
  if (entry === undefined) throw new StorageError("NotFound", `The specified file was not found: "${path}"`);
  if (entry.kind === "symlink") throw new StorageError("InvalidArgument", `${soleSymlinkMessage}: "${path}"`);
  if (entry.kind === "folder") {
    throw new StorageError("InvalidArgument", `"${path}" is a folder, where a file was expected`);
  }
  const wanted = entry.kind === "file" && filter.wantsSole(entry);
  yield {
    files: wanted ? [entry] : [],
    symlinks: 0,
    specials: entry.kind === "special" ? 1 : 0,
    gaps: [],
    token: undefined,
  };
}
