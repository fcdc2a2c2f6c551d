import { strict as assert } from "node:assert";
import { StorageError } from "../../foundation/errors.ts";
import { type Log, noLog } from "../../foundation/log.ts";
import { KiB } from "../../foundation/units.ts";
import type { HttpResponse, Transport } from "../../transport/transport.ts";
import type { ByteRange, Entry, Properties, Source } from "../backend.ts";
import type { BlobEndpoint } from "../endpoint.ts";
import { type BlobCall, BlobClient } from "./blob-client.ts";
import { quoted } from "./blob-entry.ts";
import { BlobListing, pageItemsMaxDefault } from "./blob-listing.ts";
import { propertiesOf } from "./property-headers.ts";

export interface BlobSourceOptions {
  readonly endpoint: BlobEndpoint;
  /** Retries, names the service version, and sends. */
  readonly transport: Transport;
  readonly log?: Log;
  /** Most items of a page of a listing. Default: the service's maximum, 5,000. */
  readonly pageItemsMax?: number;
  /** Requests of one listing at once (AZCOPY_CONCURRENT_SCAN). Default: 1, page after page. */
  readonly scanRequestsMax?: number;
}

/**
 * The blobs below an endpoint: an account ("container/blob…"), a container, a virtual folder, or a single blob (path
 * ""). Sends no request before it is asked something.
 */
export function openBlobSource(options: BlobSourceOptions): Source {
  return new BlobSource(options);
}

/** How often an answer is taken up where it broke off, without real progress in between. */
const resumptionsMax = 5;
/** Less than this between two breaks is no progress. */
const progressBytesMin = 64 * KiB;

class BlobSource extends BlobListing implements Source {
  readonly #log: Log;

  constructor(options: BlobSourceOptions) {
    const client = new BlobClient(options.endpoint, options.transport);
    super(client, options.pageItemsMax ?? pageItemsMaxDefault, options.scanRequestsMax);
    this.#log = options.log ?? noLog;
  }

  async read(entry: Entry, range: ByteRange, into: Uint8Array, signal: AbortSignal): Promise<void> {
    assert(into.length === range.length);
    let done = 0;
    let breaks = 0;
    // An empty range is asked for by nobody: HTTP cannot express it.
    while (done < range.length) {
      try {
        await this.#readOnce(entry, range.offset + done, into.subarray(done), signal);
        return;
      } catch (error) {
        if (!(error instanceof StorageError && error.retryable && error.received > 0)) throw error;
        breaks = error.received >= progressBytesMin ? 1 : breaks + 1;
        // Without a version, two answers may be of two contents.
        if (breaks > resumptionsMax || entry.version === undefined) throw error;
        done += error.received;
        this.#log(
          "WARNING",
          `${error.message} -- going on at byte ${range.offset + done} (${breaks} of ${resumptionsMax})`,
        );
      }
    }
  }

  async verify(entry: Entry, signal: AbortSignal): Promise<void> {
    await this.#head(entry, "verify", signal);
  }

  async describe(entry: Entry, _head: Uint8Array | undefined, signal: AbortSignal): Promise<Properties> {
    return propertiesOf((await this.#head(entry, "describe", signal)).headers);
  }

  async #readOnce(entry: Entry, offset: number, into: Uint8Array, signal: AbortSignal): Promise<void> {
    const call: BlobCall = {
      method: "GET",
      at: this.client.blobAt(entry.path, "read"),
      query: this.client.objectQuery,
      headers: conditional(entry, { "x-ms-range": `bytes=${offset}-${offset + into.length - 1}` }),
      into,
      what: "read",
      needs: "Read (r)",
    };
    const response = await this.client.send(call, signal);
    if (response.status >= 300) throw this.#failure(call, entry, response);
    const range = response.headers["content-range"];
    if (range !== undefined && !range.startsWith(`bytes ${offset}-`)) {
      const message = `${entry.path}: the service sent ${range} where byte ${offset} was asked for. Try again; if it stays, look at proxies on the way.`;
      throw new StorageError("Corrupt", message);
    }
  }

  async #head(entry: Entry, what: string, signal: AbortSignal): Promise<HttpResponse> {
    const call: BlobCall = {
      method: "HEAD",
      at: this.client.blobAt(entry.path, what),
      query: this.client.objectQuery,
      headers: conditional(entry, {}),
      what,
      needs: "Read (r)",
    };
    const response = await this.client.send(call, signal);
    if (response.status >= 300) throw this.#failure(call, entry, response);
    return response;
  }

  /** 416 as well means that the blob is no longer what was listed: it has become shorter. */
  #failure(call: BlobCall, entry: Entry, response: HttpResponse): StorageError {
    const error = this.client.failure(call, response);
    const { status } = response;
    if (status !== 412 && status !== 416) return error;
    const message = `${entry.path} has changed since it was listed (${status} ${error.serviceCode ?? ""}). Run the copy again to copy what is there now.`;
    return new StorageError("SourceChanged", message, { status, cause: error });
  }
}

const conditional = (entry: Entry, headers: Record<string, string>): Record<string, string> =>
  entry.version === undefined ? headers : { ...headers, "if-match": quoted(entry.version) };
