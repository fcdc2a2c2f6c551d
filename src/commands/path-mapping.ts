import { asPath, type RelativePath } from "../backends/backend.ts";
import type { BlobEndpoint } from "../backends/endpoint.ts";
import { pathsOf } from "../backends/parse-endpoint.ts";
import { StorageError } from "../foundation/errors.ts";

/** How names on this machine's disks and names of objects become each other (semantics 1.7). */
export interface LocalNames {
  /** Throws "UnsafeName" for what cannot be a name on the disk, or leads elsewhere. */
  toLocal(path: RelativePath): string;
  fromLocal(path: string): RelativePath;
}

/** The folder around a local path and the name in it; the name of a file system's root is "". */
export function splitLocal(
  path: string,
  platform: string,
): { readonly parent: string; readonly name: string } {
  const paths = pathsOf(platform);
  if (paths.parse(path).root === path) return { parent: path, name: "" };
  return { parent: paths.dirname(path), name: paths.basename(path) };
}

/**
 * The virtual folder around a blob and its path in there. Empty segments stay with the path: "a//b" is "/b" in "a",
 * "/x" is itself in the container, and so is "x/", whose last "/" is part of its name.
 */
export function splitBlob(endpoint: BlobEndpoint): {
  readonly root: BlobEndpoint;
  readonly path: RelativePath;
} {
  const parent = /^(.*?[^/])\/+[^/]+\/*$/s.exec(endpoint.path)?.[1] ?? "";
  return {
    root: { ...endpoint, path: parent },
    path: asPath(parent === "" ? endpoint.path : endpoint.path.slice(parent.length + 1)),
  };
}

/**
 * Cleans listed paths below a local folder: "./a", "/a", "a//b" and "a/" are meant as "a" and "a/b"; "" is the folder
 * itself. Throws "InvalidArgument" for one that leads out of the folder.
 */
export function asPosixList(paths: readonly string[], platform: string): readonly string[] {
  return paths.map((path) => {
    const slashes = platform === "win32" ? path.replaceAll("\\", "/") : path;
    const clean = pathsOf("linux")
      .normalize(slashes)
      .replace(/^\/+|\/+$/g, "");
    if (clean === ".." || clean.startsWith("../")) {
      throw new StorageError(
        "InvalidArgument",
        `include-path "${path}" leads out of the source folder: only what lies in it can be listed`,
      );
    }
    return clean === "." ? "" : clean;
  });
}
