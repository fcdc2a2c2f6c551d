import { hash } from "node:crypto";
import { StorageError } from "../../foundation/errors.ts";
import { type Log, noLog } from "../../foundation/log.ts";
import { MiB } from "../../foundation/units.ts";
import type { HttpResponse, Transport } from "../../transport/transport.ts";
import type { Block, Destination, Expectation, Properties, Target, Writer } from "../backend.ts";
import type { BlobEndpoint } from "../endpoint.ts";
import { type BlobCall, BlobClient } from "./blob-client.ts";
import { quoted } from "./blob-entry.ts";
import { BlobListing, pageItemsMaxDefault } from "./blob-listing.ts";
import { BlobWriter } from "./blob-writer.ts";
import { propertyHeaders } from "./property-headers.ts";

export interface BlobDestinationOptions {
  readonly endpoint: BlobEndpoint;
  /** Retries, names the service version, and sends. */
  readonly transport: Transport;
  /** A UUID: names the blocks of this job's blobs. */
  readonly jobId: string;
  readonly log?: Log;
  /** Most items of a page of a listing. Default: the service's maximum, 5,000. */
  readonly pageItemsMax?: number;
  /** Requests of one listing at once (AZCOPY_CONCURRENT_SCAN). Default: 1, page after page. */
  readonly scanRequestsMax?: number;
}

/**
 * Writes block blobs below an endpoint. Sends no request before it is asked something, never asks for a blob before
 * or after it is written, and never deletes one. Throws "InvalidArgument" for an endpoint that names a snapshot or
 * version: those cannot be written.
 */
export function openBlobDestination(options: BlobDestinationOptions): Destination {
  const { snapshot, versionId } = options.endpoint;
  if (snapshot !== undefined || versionId !== undefined) {
    const message =
      "a snapshot or version of a blob cannot be written. Give the destination without ?snapshot= or ?versionid=.";
    throw new StorageError("InvalidArgument", message);
  }
  return new BlobDestination(options);
}

/** Bodies up to this are sent with their MD5, so that the service refuses what was altered on the way. */
const checkedBytesMax = 4 * MiB;
/** How often content that arrived altered is sent again. */
const resendsMax = 2;

class BlobDestination extends BlobListing implements Destination {
  readonly #jobId: string;
  readonly #log: Log;

  constructor(options: BlobDestinationOptions) {
    super(
      new BlobClient(options.endpoint, options.transport),
      options.pageItemsMax ?? pageItemsMaxDefault,
      options.scanRequestsMax,
    );
    this.#jobId = options.jobId;
    this.#log = options.log ?? noLog;
  }

  async put(target: Target, bytes: Uint8Array, properties: Properties, signal: AbortSignal): Promise<void> {
    const headers = {
      "x-ms-blob-type": "BlockBlob",
      ...propertyHeaders(properties),
      ...conditionHeaders(target.expect),
    };
    // A content MD5 that the caller has is that of these bytes: it serves both ends.
    const md5 = properties.contentMd5 ?? (bytes.length <= checkedBytesMax ? md5Of(bytes) : undefined);
    const call: BlobCall = {
      method: "PUT",
      at: this.client.blobAt(target.path, "write"),
      headers: md5 === undefined ? headers : { ...headers, "content-md5": md5 },
      body: bytes,
      what: "write",
      needs: "Write (w), or Create (c) for new blobs",
    };
    for (let resends = 0; ; resends++) {
      const response = await this.client.send(call, signal);
      if (response.status < 300) return;
      const error = this.client.failure(call, response);
      if (error.code === "Corrupt" && resends < resendsMax) {
        this.#log("WARNING", error.message);
        continue;
      }
      if (mayBeOurOwn(response) && (await this.#holds(call, bytes, md5, signal))) return;
      throw error;
    }
  }

  async write(target: Target, blocks: readonly Block[], _signal: AbortSignal): Promise<Writer> {
    const at = this.client.blobAt(target.path, "write");
    const condition = conditionHeaders(target.expect);
    return new BlobWriter({ client: this.client, at, target, blocks, condition, jobId: this.#jobId });
  }

  /** Nothing to adopt: what the service has answered for is durable. */
  adopt(): void {}

  /** An answered Put Blob or Put Block List is durable. */
  async settle(): Promise<void> {}

  async close(): Promise<void> {}

  /** Whether the blob has exactly this content. What cannot be found out is a no. */
  async #holds(
    call: BlobCall,
    bytes: Uint8Array,
    md5: string | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { headers, status } = await this.client.send(
      { method: "HEAD", at: call.at, what: "look at", needs: "Read (r)" },
      signal,
    );
    if (status >= 300 || Number(headers["content-length"]) !== bytes.length) return false;
    return headers["content-md5"] === (md5 ?? md5Of(bytes));
  }
}

/** A condition that fails on a repeated request may have failed on what the first one, whose reply was lost, wrote. */
const mayBeOurOwn = ({ status, tries }: HttpResponse): boolean =>
  tries > 1 && (status === 409 || status === 412);

const md5Of = (bytes: Uint8Array): string => hash("md5", bytes, "base64");

function conditionHeaders(expect: Expectation): Record<string, string> {
  switch (expect.kind) {
    case "any":
      return {};
    case "absent":
      return { "if-none-match": "*" };
    case "version":
      return { "if-match": quoted(expect.version) };
  }
}
