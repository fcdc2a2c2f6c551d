import { StorageError } from "../../foundation/errors.ts";
import type { RelativePath } from "../backend.ts";
import { encodeWindowsNames, windowsNameFault } from "./windows-names.ts";

/** The longest name of a file or folder that common file systems take: bytes, on Windows UTF-16 units. */
const nameLengthMax = 255;
/** No UTF-16 unit takes more than three bytes of UTF-8, so a shorter path has no name that is too long. */
const surelyShortEnough = Math.floor(nameLengthMax / 3);

/** An empty, "." or ".." name somewhere, or a NUL: what must be looked at name by name. */
const suspicious = /(?:^|\/)\.{0,2}(?:\/|$)|\u0000/;

/**
 * Where an object lies below a destination folder: a relative path, "/"-separated on every platform, that cannot
 * lead out of that folder by its text. As AzCopy does, doubled and leading "/" collapse (semantics 1.3) and
 * characters that Windows does not take become %XX (semantics 1.7). Throws "UnsafeName" for a ".." or "." segment,
 * an empty name, a trailing "/", a NUL, text that is no Unicode, a name that is too long, and on Windows for
 * device names, control characters and names that end in a dot or a space.
 */
export function localPathFor(path: RelativePath, platform: NodeJS.Platform): string {
  if (!path.isWellFormed()) throw unsafe(path, "it is not valid Unicode text");
  const names = suspicious.test(path) ? collapsed(path) : path;
  const local = platform === "win32" ? encodeWindowsNames(names) : names;
  if (platform === "win32" || local.length > surelyShortEnough) checkNames(path, local, platform);
  return local;
}

function collapsed(path: RelativePath): string {
  if (path.includes("\0")) throw unsafe(path, "it contains a NUL character");
  const names = path.split("/");
  if (names.includes("..") || names.includes(".")) {
    throw unsafe(path, 'a "." or ".." segment would lead to another folder');
  }
  const kept = names.filter((name) => name !== "");
  if (kept.length === 0) throw unsafe(path, "it is empty");
  if (names.at(-1) === "") throw unsafe(path, 'it ends in "/": no file can have that name');
  return kept.join("/");
}

function checkNames(path: RelativePath, local: string, platform: NodeJS.Platform): void {
  for (const name of local.split("/")) {
    const length = platform === "win32" ? name.length : Buffer.byteLength(name);
    if (length > nameLengthMax) {
      const unit = platform === "win32" ? "characters" : "bytes";
      throw unsafe(
        path,
        `its part "${name.slice(0, 20)}…" has ${length} ${unit}, more than ${nameLengthMax}`,
      );
    }
    const fault = platform === "win32" ? windowsNameFault(name) : undefined;
    if (fault !== undefined) throw unsafe(path, fault);
  }
}

function unsafe(path: string, why: string): StorageError {
  const advice = "Nothing was written; rename the object, or exclude it";
  return new StorageError("UnsafeName", `"${path}" cannot be the name of a local file: ${why}. ${advice}`);
}

export interface Folding {
  readonly caseSensitive: boolean;
  /** Whether the file system takes composed and decomposed letters for the same (macOS). */
  readonly normalises?: boolean;
}

/**
 * Two local paths (from localPathFor) with one key are one file there. Case is folded as NTFS does: a character
 * at a time, and never into several, so that "ß" and "ss" stay two names.
 */
export function collisionKey(localPath: string, { caseSensitive, normalises = false }: Folding): string {
  const composed = normalises ? localPath.normalize("NFC") : localPath;
  if (caseSensitive) return composed;
  if (/^[\u0000-\u007f]*$/.test(composed)) return composed.toUpperCase();
  return composed.replace(/./gsu, (character) => {
    const upper = character.toUpperCase();
    return upper.length === character.length ? upper : character;
  });
}
