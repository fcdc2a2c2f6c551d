import { type ErrorCode, errnoOf, messageOf, StorageError } from "../../foundation/errors.ts";

interface Meaning {
  readonly code: ErrorCode;
  readonly text: string;
}

/** What an errno means to a person, and what to do next. */
const meanings: Readonly<Record<string, Meaning>> = {
  ENOENT: { code: "NotFound", text: "it does not exist" },
  ENOTDIR: { code: "NotFound", text: "a part of its path is not a folder" },
  EACCES: { code: "AccessDenied", text: "permission denied; check who may read and write it" },
  EPERM: { code: "AccessDenied", text: "the system does not permit it; check its owner and attributes" },
  EROFS: { code: "AccessDenied", text: "the file system is read-only" },
  EBUSY: { code: "AccessDenied", text: "another program uses it; close that and resume" },
  ETXTBSY: { code: "AccessDenied", text: "it is a program that runs; end that and resume" },
  EEXIST: { code: "AlreadyExists", text: "something stands there already" },
  ELOOP: { code: "UnsafeName", text: "a symbolic link is in the way" },
  ENAMETOOLONG: { code: "UnsafeName", text: "the file system takes no name of that length" },
  EILSEQ: { code: "UnsafeName", text: "the file system does not take that name" },
  EINVAL: { code: "UnsafeName", text: "the file system does not take that name" },
  ENOSPC: { code: "NoSpace", text: "the disk is full; free space there, then resume" },
  EDQUOT: { code: "NoSpace", text: "the disk quota is used up; free space there, then resume" },
  EFBIG: { code: "NoSpace", text: "the file system takes no file of that size" },
  EMFILE: { code: "Internal", text: "too many files are open; raise the limit (ulimit -n) and resume" },
  ENFILE: { code: "Internal", text: "too many files are open on this machine; resume later" },
  EIO: { code: "Internal", text: "the disk reports an input/output error; check the disk" },
};

/**
 * What a failed call of the file system means: `attempted` completes "cannot …" ("read", "write"), `path` is the
 * file or folder. A StorageError is passed on as it is.
 */
export function localError(error: unknown, attempted: string, path: string): StorageError {
  if (error instanceof StorageError) return error;
  const errno = errnoOf(error);
  const meaning = errno === undefined ? undefined : meanings[errno];
  const text = meaning ? `${meaning.text} (${errno})` : messageOf(error);
  return new StorageError(meaning?.code ?? "Internal", `cannot ${attempted} "${path}": ${text}`, {
    cause: error,
  });
}

/** Throws "Cancelled" once the signal was aborted. */
export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw new StorageError("Cancelled", "the operation was cancelled");
}
