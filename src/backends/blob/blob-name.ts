import { StorageError } from "../../foundation/errors.ts";

/** Names that are the same on the wire. Most are, and a test costs a tenth of encoding. */
const plain = /^[A-Za-z0-9\-_.~/]*$/;
/** Segments that a URL parser on the way may fold: "", "." and "..". */
const foldable = /(?:^|\/)(?:\.{0,2})(?:\/|$)/;

/**
 * A blob's name as the path of a URL: percent-encoded, "/" kept. Where segments are empty or consist of dots, each
 * "/" becomes %2F, so that nobody on the way takes them for steps through a folder tree (the SDKs always send %2F).
 * Throws "UnsafeName" for a name that is not valid Unicode: no request can carry it.
 */
export function encodeBlobName(name: string): string {
  if (name === "." || name === "..") return name.replaceAll(".", "%2E");
  const folds = foldable.test(name);
  if (!folds && plain.test(name)) return name;
  if (!name.isWellFormed()) {
    const shown = JSON.stringify(name);
    throw new StorageError("UnsafeName", `${shown} cannot name a blob: it is not valid Unicode. Rename it.`);
  }
  const encoded = encodeURIComponent(name);
  return folds ? encoded : encoded.replaceAll("%2F", "/");
}
