import { StorageError } from "../../foundation/errors.ts";
import type { HttpRequest, HttpResponse, Transport } from "../../transport/transport.ts";
import type { RelativePath } from "../backend.ts";
import type { BlobEndpoint } from "../endpoint.ts";
import { encodeBlobName } from "./blob-name.ts";
import { type Attempt, serviceError } from "./errors.ts";

/** One blob: what a path means at a store's root. */
export interface BlobAddress {
  readonly container: string;
  /** Never empty. */
  readonly name: string;
}

export interface BlobCall {
  readonly method: HttpRequest["method"];
  readonly at: { readonly container: string; readonly name: string };
  /** Encoded parameters of the operation, without "?": "comp=block&blockid=…". */
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly into?: Uint8Array;
  readonly bodyBytesMax?: number;
  /** Sent once, however it goes: the caller has a better way to try again than the same request. */
  readonly once?: true;
  /** For the message of a failure. */
  readonly what: string;
  readonly needs: string;
}

const noHeaders: Readonly<Record<string, string>> = {};

/** Sends requests to one account, and knows what a path relative to an endpoint means there. */
export class BlobClient {
  readonly endpoint: BlobEndpoint;
  /** What names of the endpoint's children begin with: "" or "folder/". */
  readonly rootPrefix: string;
  readonly #transport: Transport;
  readonly #origin: string;
  /** "" or, for IP-style addresses, "/account". */
  readonly #account: string;
  readonly #sas: string;

  constructor(endpoint: BlobEndpoint, transport: Transport) {
    const { account, path, sas } = endpoint;
    const schemeEnd = account.indexOf("://") + 3;
    const slash = account.indexOf("/", schemeEnd);
    this.endpoint = endpoint;
    this.rootPrefix = path === "" ? "" : `${path}/`;
    this.#transport = transport;
    this.#origin = slash < 0 ? account : account.slice(0, slash);
    this.#account = slash < 0 ? "" : account.slice(slash).replace(/\/+$/, "");
    this.#sas = sas?.reveal() ?? "";
  }

  /** An address without a host name of its own for the account: an emulator, or a service behind an IP address. */
  get ipStyle(): boolean {
    return this.#account !== "";
  }

  /** The blob at `path`; undefined where that names a container, or the account. */
  locate(path: RelativePath): BlobAddress | undefined {
    const { container, path: root } = this.endpoint;
    if (container !== "") {
      const name = path === "" ? root : this.rootPrefix + path;
      return name === "" ? undefined : { container, name };
    }
    const slash = path.indexOf("/");
    if (slash <= 0 || slash === path.length - 1) return undefined;
    return { container: path.slice(0, slash), name: path.slice(slash + 1) };
  }

  /** As locate(), for what must be a blob. */
  blobAt(path: RelativePath, what: string): BlobAddress {
    const address = this.locate(path);
    if (address !== undefined) return address;
    const message = `cannot ${what} "${path}" of ${this.endpoint.account}/${this.endpoint.container}: it names no blob. Name one below the container.`;
    throw new StorageError("InvalidArgument", message);
  }

  /** Parameters by which requests of a single object name the snapshot or version that the endpoint named. */
  get objectQuery(): string {
    const { snapshot, versionId } = this.endpoint;
    const parts: string[] = [];
    if (snapshot !== undefined) parts.push(`snapshot=${encodeURIComponent(snapshot)}`);
    if (versionId !== undefined) parts.push(`versionid=${encodeURIComponent(versionId)}`);
    return parts.join("&");
  }

  /** What a call asks for, as a request line has it: path and query, credential included. Never print it. */
  targetOf({ at, query = "" }: BlobCall): string {
    const path = this.#path(at);
    const parameters = joinQuery(query, this.#sas);
    return parameters === "" ? path : `${path}?${parameters}`;
  }

  /** Whether the credential is a SAS for the whole account. */
  get hasAccountSas(): boolean {
    return /(?:^|&)ss=/i.test(this.#sas);
  }

  send(call: BlobCall, signal: AbortSignal): Promise<HttpResponse> {
    const { method, headers = noHeaders, body, into, bodyBytesMax, once } = call;
    const request: HttpRequest = {
      method,
      origin: this.#origin,
      path: this.targetOf(call),
      headers,
      idempotent: once !== true,
      ...(body === undefined ? undefined : { body }),
      ...(into === undefined ? undefined : { into }),
      ...(bodyBytesMax === undefined ? undefined : { bodyBytesMax }),
    };
    return this.#transport(request, signal);
  }

  /** As send(), but throws the error that any status but 2xx stands for. */
  async expect(call: BlobCall, signal: AbortSignal): Promise<HttpResponse> {
    const response = await this.send(call, signal);
    if (response.status >= 300) throw this.failure(call, response);
    return response;
  }

  failure(call: BlobCall, response: HttpResponse): StorageError {
    const attempt: Attempt = {
      what: call.what,
      url: this.#origin + this.#path(call.at),
      needs: call.needs,
    };
    return serviceError(attempt, response);
  }

  #path({ container, name }: BlobCall["at"]): string {
    if (container === "") return `${this.#account}/`;
    const place = `${this.#account}/${container}`;
    return name === "" ? place : `${place}/${encodeBlobName(name)}`;
  }
}

/** Two parts of a query, either of which may be empty. */
export const joinQuery = (a: string, b: string): string => (a === "" || b === "" ? a + b : `${a}&${b}`);
