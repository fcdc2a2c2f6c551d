import type { Entry, Listable, RelativePath } from "../backends/backend.ts";
import type { Endpoint } from "../backends/endpoint.ts";
import type { Selection } from "../listing/select.ts";
import {
  type CopyDestination,
  type DestinationContext,
  parseBlobDestination,
  resolveBlobDestination,
  resolveLocalDestination,
} from "./copy-destination.ts";
import { type CopySource, resolveBlobSource, resolveLocalSource, type SourceContext } from "./copy-source.ts";
import { type CopyFromTo, resolveFromTo } from "./from-to.ts";
import type { LocalNames } from "./path-mapping.ts";

/** The flags that say what goes where. */
export interface MappingFlags {
  readonly recursive: boolean;
  readonly asSubdir: boolean;
  /** The items of --include-path. */
  readonly includePath?: readonly string[] | undefined;
  readonly fromTo?: string | undefined;
}

export interface CopyArguments {
  readonly source: string;
  readonly destination: string;
  readonly flags: MappingFlags;
  /** Absolute: what relative local paths are relative to. */
  readonly workingFolder: string;
  readonly platform: string;
  readonly localNames: LocalNames;
  /** Opens a place to look at; local destinations are looked at through it as well. */
  openSource(endpoint: Endpoint): Listable;
  openDestination(endpoint: Endpoint): Listable;
  readonly signal: AbortSignal;
}

/** Where everything of one copy comes from and goes to. */
export interface CopyRoute {
  readonly fromTo: CopyFromTo;
  /** The root to open; paths in `selection` are below it. */
  readonly source: Endpoint;
  readonly selection: Selection;
  /** The root to open: an object goes to its path below the source's root, or where `renamedTo` says. */
  readonly destination: Endpoint;
  readonly renamedTo?: RelativePath;
  /** The sole object, as it was found: select() need not ask again. */
  readonly found?: Entry;
  /** INFO lines, and WARN lines. */
  readonly notices: readonly string[];
  readonly warnings: readonly string[];
}

/** What is said of an address that begins with http:. */
export const httpNotice =
  "NOTE: HTTP is in use for one or more location(s). The use of HTTP is not recommended due to security concerns.";

/**
 * Decides from the two arguments of a copy what is read and where each object goes (semantics 1.1 to 1.3), asking
 * the stores as little as that takes and changing nothing. Checks come in AzCopy's order (surface 2.2.1). Throws
 * FromToError for a pair that is unknown or not to be had; "InvalidArgument" for arguments that do not fit together;
 * "NotFound" and "ContainerNotFound" for a source that is not there or a missing destination container;
 * "UnsafeName" for a folder name that cannot stand on this machine's disks; and what the stores throw.
 */
export async function resolveCopy(args: CopyArguments): Promise<CopyRoute> {
  const { flags, source: sourceText, destination: destinationText } = args;
  const fromTo = resolveFromTo(flags.fromTo, sourceText, destinationText);
  const includePaths = (flags.includePath ?? []).filter((path) => path !== "");
  const { workingFolder, platform, localNames, signal } = args;
  const world = { workingFolder, platform, localNames, signal };
  const sourceContext: SourceContext = {
    ...world,
    recursive: flags.recursive,
    asSubdir: flags.asSubdir,
    includePaths,
    open: (endpoint) => args.openSource(endpoint),
  };
  const { source, destination } =
    fromTo === "LocalBlob"
      ? await upload(args, sourceContext, { ...world, open: (endpoint) => args.openDestination(endpoint) })
      : await download(args, sourceContext, { ...world, open: (endpoint) => args.openSource(endpoint) });
  const remote = fromTo === "LocalBlob" ? destinationText : sourceText;
  return {
    fromTo,
    source: source.root,
    selection: source.selection,
    destination: destination.root,
    ...(destination.renamedTo === undefined ? {} : { renamedTo: destination.renamedTo }),
    ...(source.found === undefined ? {} : { found: source.found }),
    notices: /^http:/i.test(remote) ? [httpNotice] : [],
    warnings: includePaths.some((path) => /[*?]/.test(path)) ? [wildcardWarning("include-path")] : [],
  };
}

interface Both {
  readonly source: CopySource;
  readonly destination: CopyDestination;
}

async function upload(args: CopyArguments, from: SourceContext, to: DestinationContext): Promise<Both> {
  const argument = parseBlobDestination(args.destination);
  const source = await resolveLocalSource(from, args.source);
  return { source, destination: await resolveBlobDestination(to, argument, source) };
}

async function download(args: CopyArguments, from: SourceContext, to: DestinationContext): Promise<Both> {
  const source = await resolveBlobSource(from, args.source);
  return { source, destination: await resolveLocalDestination(to, args.destination, source) };
}

/** The warning about wildcards in a parameter ("include-path", "exclude-path") that takes them literally. */
export function wildcardWarning(parameter: string): string {
  return (
    `--${parameter} takes "*" and "?" literally: it does not support wildcards. ` +
    "For wildcards in file names use --include-pattern or --exclude-pattern"
  );
}
