import { StorageError } from "../foundation/errors.ts";
import { redact } from "../foundation/redact.ts";

/** What a kind of place is called in --from-to. */
export type Location = "Local" | "Pipe" | "Blob" | "File" | "BlobFS" | "S3" | "GCP" | "Benchmark" | "Unknown";

/** The pairs that copy carries out. */
export type CopyFromTo = "LocalBlob" | "BlobLocal";

/** Every pair that AzCopy knows, by its plain name (surface 6.1); the SMB spellings mean the same. */
const knownPairs: readonly string[] = [
  ...["LocalBlob", "LocalFile", "LocalFileNFS", "LocalBlobFS", "BlobLocal", "FileLocal", "FileNFSLocal"],
  ...["BlobFSLocal", "PipeBlob", "BlobPipe", "PipeFile", "FilePipe", "BlobBlob", "BlobBlobFS", "BlobFSBlob"],
  ...["BlobFSBlobFS", "BlobFSFile", "BlobFile", "FileBlob", "FileBlobFS", "FileFile", "FileNFSFileNFS"],
  ...["FileNFSFileSMB", "FileSMBFileNFS", "S3Blob", "GCPBlob", "BlobTrash", "FileTrash", "BlobFSTrash"],
  ...["BlobNone", "FileNone", "BlobFSNone", "BenchmarkBlob", "BenchmarkFile", "BenchmarkFileNFS"],
  ...["BenchmarkBlobFS"],
];

/** The pairs as help texts and messages list them. */
export const fromToNames = knownPairs.filter((name) => !/Benchmark|None$/.test(name)).join(", ");

/**
 * No --from-to could be settled on. The message is whole: no command puts its own words before it.
 * `notices` are INFO lines that explain it and are to be printed first.
 */
export class FromToError extends StorageError {
  readonly notices: readonly string[];

  constructor(code: "InvalidArgument" | "Unsupported", message: string, notices: readonly string[]) {
    super(code, message);
    this.notices = notices;
  }
}

/**
 * Settles what is copied to what: by the flag, or by the looks of the arguments (surface 6.2).
 * Throws FromToError: "InvalidArgument" for an unknown name or a pair that cannot be told or does not exist,
 * "Unsupported" for a pair of AzCopy's that this version does not carry out.
 */
export function resolveFromTo(flag: string | undefined, source: string, destination: string): CopyFromTo {
  const name = flag === undefined || flag === "" ? inferred(source, destination) : named(flag);
  if (name === "LocalBlob" || name === "BlobLocal") return name;
  throw new FromToError(
    "Unsupported",
    `--from-to ${name} is known but not available in this version yet: available are LocalBlob and BlobLocal`,
    [],
  );
}

function named(flag: string): string {
  const known = knownPairs.find((pair) => pair.toLowerCase() === flag.toLowerCase());
  const plain = flag.toLowerCase().replaceAll("filesmb", "file");
  const name = known ?? knownPairs.find((pair) => pair.toLowerCase() === plain);
  if (name !== undefined) return name;
  throw new FromToError(
    "InvalidArgument",
    `failed to parse --from-to user input due to error: invalid --from-to value specified: "${flag}". ` +
      `Valid values are ${fromToNames}`,
    [],
  );
}

function inferred(source: string, destination: string): string {
  const from = locationOf(source);
  const to = locationOf(destination);
  const help = `Valid values are ${fromToNames}`;
  const sides = [
    ["source", source, from],
    ["destination", destination, to],
  ] as const;
  for (const [side, text, location] of sides) {
    if (location !== "Unknown") continue;
    throw notFound([
      `Cannot infer ${side} location of ${redact(text)}. Please specify the --from-to switch. ${help}`,
    ]);
  }
  if (knownPairs.includes(from + to)) return from + to;
  throw notFound([
    `The parameters you supplied were Source: '${redact(source)}' of type ${from}, ` +
      `and Destination: '${redact(destination)}' of type ${to}`,
    "Based on the parameters supplied, a valid source-destination combination could not automatically be found. " +
      "Please check the parameters you supplied. If they are correct, please specify an exact source and " +
      `destination type using the --from-to switch. ${help}`,
  ]);
}

const notFound = (notices: readonly string[]): FromToError =>
  new FromToError(
    "InvalidArgument",
    "failed to parse --from-to user input due to error: the inferred source/destination combination could not be " +
      "identified, or is currently not supported",
    notices,
  );

/** What an argument looks like, by its text alone (surface 6.2). */
export function locationOf(text: string): Location {
  if (text === "~pipe~") return "Pipe";
  const [, authority] = /^http[a-z0-9+.-]*:\/\/([^/?#]+)/i.exec(text) ?? [];
  if (authority === undefined) return "Local";
  const host = authority.toLowerCase();
  if (host.includes(".blob")) return "Blob";
  if (host.includes(".file")) return "File";
  if (host.includes(".dfs")) return "BlobFS";
  if (host.includes("benchmark.invalid")) return "Benchmark";
  if (/\d+\.\d+\.\d+\.\d+/.test(host)) return "Unknown";
  if (/^(.+\.)?s3[.-][a-z0-9-]+\.[a-z0-9-]+/.test(host) && host.includes("amazonaws.com")) return "S3";
  return host.startsWith("storage.cloud.google.com") ? "GCP" : "Unknown";
}
