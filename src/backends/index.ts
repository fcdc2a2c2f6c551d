import { join } from "node:path";
import type { Clock } from "../foundation/clock.ts";
import { StorageError } from "../foundation/errors.ts";
import type { Log } from "../foundation/log.ts";
import type { Transport } from "../transport/transport.ts";
import { asPath, type Changeable, type Destination, type RelativePath, type Source } from "./backend.ts";
import { openBlobChanges } from "./blob/blob-changes.ts";
import { openBlobDestination } from "./blob/blob-destination.ts";
import { encodeBlobName } from "./blob/blob-name.ts";
import { openBlobSource } from "./blob/blob-source.ts";
import type { BlobEndpoint, Endpoint } from "./endpoint.ts";
import { openLocalChanges } from "./local/local-changes.ts";
import { openLocalDestination } from "./local/local-destination.ts";
import { collisionKey, localPathFor } from "./local/local-path.ts";
import { openLocalSource } from "./local/local-source.ts";
import { sweepStaging } from "./local/staging.ts";
import { decodeWindowsNames } from "./local/windows-names.ts";
import { openNullDestination } from "./null/null-destination.ts";

/** What stores are made with. */
export interface StoreParts {
  readonly platform: NodeJS.Platform;
  readonly clock: Clock;
  readonly log: Log;
  /** Content types by extension that take the place of the usual ones. */
  readonly contentTypes?: ReadonlyMap<string, string>;
  /** Made when a store first needs the network. */
  readonly transport: () => Transport;
}

/** The table of stores: every kind of endpoint that can be read from. Throws "Unsupported" for one that cannot. */
export function openSource(endpoint: Endpoint, parts: StoreParts): Source {
  const { platform, log, contentTypes } = parts;
  switch (endpoint.kind) {
    case "local":
      return openLocalSource({
        root: endpoint.path,
        platform,
        ...(contentTypes === undefined ? {} : { contentTypes }),
      });
    case "blob":
      return openBlobSource({ endpoint, transport: parts.transport(), log });
    case "null":
      throw new StorageError("Unsupported", "the null device holds nothing that could be copied");
  }
}

/** The table of stores: every kind of endpoint that can be written to, for one job. */
export function openDestination(endpoint: Endpoint, jobId: string, parts: StoreParts): Destination {
  const { platform, log } = parts;
  switch (endpoint.kind) {
    case "local":
      return openLocalDestination({ root: endpoint.path, jobId, platform });
    case "blob":
      return openBlobDestination({ endpoint, transport: parts.transport(), jobId, log });
    case "null":
      return openNullDestination();
  }
}

/** The table of stores: every kind of endpoint whose objects can be removed or changed. Throws "Unsupported" else. */
export function openChanges(endpoint: Endpoint, parts: StoreParts): Changeable {
  const { platform, log } = parts;
  switch (endpoint.kind) {
    case "local":
      return openLocalChanges({ root: endpoint.path, platform });
    case "blob":
      return openBlobChanges({ endpoint, transport: parts.transport(), log });
    case "null":
      throw new StorageError("Unsupported", "the null device holds nothing that could be changed");
  }
}

/** The full name of what lies at `path` below an endpoint, without credentials: what output lines show. */
export function nameIn(endpoint: Endpoint, path: string): string {
  switch (endpoint.kind) {
    case "local":
      return path === "" ? endpoint.path : join(endpoint.path, path);
    case "blob":
      return blobUrl(endpoint, path);
    case "null":
      return "/dev/null";
  }
}

function blobUrl(endpoint: BlobEndpoint, path: string): string {
  const name = [endpoint.path, path].filter((part) => part !== "").join("/");
  const base = endpoint.container === "" ? endpoint.account : `${endpoint.account}/${endpoint.container}`;
  return name === "" ? base : `${base}/${encodeBlobName(name)}`;
}

/** How names on a platform's disks and names of objects become each other (semantics 1.7). */
export function localNames(platform: NodeJS.Platform): {
  toLocal(path: RelativePath): string;
  fromLocal(path: string): RelativePath;
} {
  return {
    toLocal: (path) => localPathFor(path, platform),
    fromLocal: (path) => asPath(platform === "win32" ? decodeWindowsNames(path.replaceAll("\\", "/")) : path),
  };
}

/**
 * What tells one name from another on this platform's disks: two paths with one key are one file there. A name that
 * has no place there stays itself, and fails later.
 */
export function localKey(platform: NodeJS.Platform, caseSensitive: boolean): (path: RelativePath) => string {
  const folding = { caseSensitive, normalises: platform === "darwin" };
  return (path) => {
    try {
      return collisionKey(localPathFor(path, platform), folding);
    } catch {
      return path;
    }
  };
}

/**
 * Removes what jobs that are over left behind in a local folder; other endpoints keep no such thing. A job that
 * nobody here knows may be another user's: what is its is rubbish only when nobody has touched it for long.
 */
export async function sweep(
  endpoint: Endpoint,
  judge: { readonly isLive: (jobId: string) => boolean; readonly untouchedSinceMs: number },
): Promise<void> {
  if (endpoint.kind === "local") await sweepStaging(endpoint.path, judge);
}
