import { parseBlobUrl } from "../backends/parse-endpoint.ts";
import { StorageError } from "../foundation/errors.ts";
import { withoutQuery } from "../foundation/redact.ts";
import { atBlobService, locationOfUrl } from "./blob-address.ts";
import type { CommandContext } from "./context.ts";

const notTopLevel = "please provide a valid top-level(ex: File System or Container) resource URL";

/**
 * `azcopy make`: creates the container that an address names. Throws "InvalidArgument" for an address that names
 * anything else, "AlreadyExists", and what the store throws, in AzCopy's words (surface 9.2).
 */
export async function make(
  context: Pick<CommandContext, "stores" | "cancel">,
  target: string,
): Promise<void> {
  const location = locationOfUrl(target);
  switch (location) {
    case "Blob":
    case "BlobFS":
      break;
    case "File":
      throw new StorageError(
        "Unsupported",
        "making file shares is known but not available in this version yet",
      );
    case "Local":
      throw new StorageError("InvalidArgument", notTopLevel);
    default: {
      const message = `operation not supported, cannot create resource ${withoutQuery(target)} type at the moment`;
      throw new StorageError("Unsupported", message);
    }
  }
  const { endpoint, star, containerPattern } = parseBlobUrl(atBlobService(target));
  if (endpoint.container === "" || endpoint.path !== "" || star || containerPattern !== undefined) {
    throw new StorageError("InvalidArgument", notTopLevel);
  }
  const word = location === "BlobFS" ? "filesystem" : "container";
  const made = await context.stores
    .openChanges(endpoint)
    .createRoot(context.cancel)
    .catch((error: unknown) => {
      if (!(error instanceof StorageError) || error.code === "Cancelled") throw error;
      const message = `please specify a valid ${word} URL with corresponding credentials: ${error.message}`;
      throw new StorageError(error.code, message, { cause: error });
    });
  if (made === "existed") throw new StorageError("AlreadyExists", `the ${word} already exists`);
}
