import { constants, linkSync, lstatSync, renameSync, unlinkSync } from "node:fs";
import { copyFile, unlink, utimes } from "node:fs/promises";
import { errnoOf, StorageError } from "../../foundation/errors.ts";
import type { Expectation } from "../backend.ts";
import { versionOf } from "./local-tree.ts";

/**
 * Gives the finished file `from` the name `to` on the same disk, in one step: whoever looks sees what was there
 * or the new file. A file or link that stands there is replaced, never followed. Throws "AlreadyExists" when
 * something was expected not to stand there or is a folder, "PreconditionFailed" when it is not the expected
 * version; an error that is no StorageError is the system's.
 */
export function appear(from: string, to: string, expect: Expectation): void {
  if (expect.kind === "version") requireVersion(to, expect.version);
  if (expect.kind === "absent") appearWhereNothingIs(from, to);
  else replace(from, to);
}

/**
 * As appear(), where `to` is on another disk than `from`: by way of the name `beside`, in the folder of `to`.
 * What arrives has to be settled.
 */
export async function appearAcross(
  { from, beside, to }: { readonly from: string; readonly beside: string; readonly to: string },
  expect: Expectation,
  modifiedMs: number | undefined,
): Promise<void> {
  try {
    await copyFile(from, beside, constants.COPYFILE_FICLONE);
    if (modifiedMs !== undefined) await utimes(beside, modifiedMs / 1_000, modifiedMs / 1_000);
    appear(beside, to, expect);
  } catch (error) {
    await unlink(beside).catch(() => {});
    throw error;
  }
  await unlink(from);
}

/** A second name for the file, which the system refuses where one stands, and then the first one goes. */
function appearWhereNothingIs(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (errnoOf(error) === "EEXIST") throw exists(to);
    if (!noHardLinks.has(errnoOf(error) ?? "")) throw error;
    // Such a file system leaves no better way: somebody may still be quicker by some microseconds.
    if (lstatSync(to, { throwIfNoEntry: false })) throw exists(to);
    replace(from, to);
    return;
  }
  unlinkSync(from);
}

/** How file systems without hard links (FAT, some network ones) refuse to make one; EISDIR is how Windows does. */
const noHardLinks = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EISDIR", "UNKNOWN"]);

function requireVersion(path: string, version: string): void {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats && versionOf(stats) === version) return;
  const what = stats ? "changed since it was looked at" : "is gone";
  throw new StorageError(
    "PreconditionFailed",
    `"${path}" ${what}; it was left alone. Copy again to decide anew`,
  );
}

function replace(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errnoOf(error) !== "EXDEV" && isFolder(to)) {
      const advice = "Rename or remove the folder, then resume";
      throw new StorageError("AlreadyExists", `cannot write "${to}": a folder stands there. ${advice}`);
    }
    throw error;
  }
}

function isFolder(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}

function exists(path: string): StorageError {
  return new StorageError("AlreadyExists", `"${path}" exists already; it was left alone`);
}
