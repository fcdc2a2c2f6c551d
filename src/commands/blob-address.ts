import { StorageError } from "../foundation/errors.ts";
import { type Location, locationOf } from "./from-to.ts";

/** The same place at the Blob service of a Data Lake account, where its files are to be had as blobs. */
export function atBlobService(url: string): string {
  return url.replace(/^(https?:\/\/[^/?#]*?)\.dfs\./i, "$1.blob.");
}

/**
 * Where an address leads (surface 6.2). A host that is an IP address, or a name without a dot, tells nothing, and is
 * taken for an emulator of the Blob service.
 */
export function locationOfUrl(url: string): Location {
  const location = locationOf(url);
  const tellsNothing = /^https?:\/\/(?:\[[^\]]*\]|\d+(?:\.\d+){3}|[^/?#:.@]+)(?::\d*)?(?:[/?#]|$)/i.test(url);
  return location === "Unknown" && tellsNothing ? "Blob" : location;
}

/** The names that --location takes, as messages list them. */
const locationNames = ["AzureAccount", "Blob", "BlobFS", "File", "FileNFS", "GCP", "Local", "Pipe", "S3"];
const otherNames = ["Unknown", "None", "Benchmark"];

/**
 * The address, at the Blob service, of what is to be listed: by its looks, or as `flag` (--location) says. Throws
 * "InvalidArgument" and "Unsupported" in AzCopy's words, without those that `list` puts before them.
 */
export function listAddress(url: string, flag: string): string {
  const known = [...locationNames, ...otherNames].find((name) => name.toLowerCase() === flag.toLowerCase());
  if (flag !== "" && known === undefined) {
    const message =
      `invalid --location value specified: "${flag}". Specified to nudge AzCopy when resource detection may not ` +
      "work (e.g. emulator/azure stack); Required for NFS transfers; optional for SMB. Valid Location are Source " +
      "words (e.g. Blob, File) that specify the source resource type. All valid Locations are: " +
      locationNames.join(", ");
    throw new StorageError("InvalidArgument", message);
  }
  const location = known ?? locationOfUrl(url);
  switch (location) {
    case "Blob":
    case "BlobFS":
      return atBlobService(url);
    case "File":
    case "FileNFS":
      throw new StorageError(
        "Unsupported",
        `listing ${location} is known but not available in this version yet`,
      );
    case "Unknown":
      if (known === undefined) {
        const message = "the inferred location could not be identified, or is currently not supported";
        throw new StorageError(
          "InvalidArgument",
          `${message}. Say --location=Blob where it is a Blob service`,
        );
      }
  }
  const message = "azcopy only supports Azure resources for listing i.e. Blob, File, BlobFS";
  throw new StorageError("InvalidArgument", message);
}
