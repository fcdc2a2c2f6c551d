import { StorageError } from "../../foundation/errors.ts";
import { MiB } from "../../foundation/units.ts";
import {
  asPath,
  type Entry,
  type Listable,
  type Listed,
  type Listing,
  type ListOptions,
  type Page,
  type RelativePath,
  type Traits,
} from "../backend.ts";
import type { BlobCall, BlobClient } from "./blob-client.ts";
import { detailedEntryOf, entryOf } from "./blob-entry.ts";
import { scanContainerPage } from "./container-scanner.ts";
import { type BlobPage, scanBlobPage } from "./list-scanner.ts";
import { isDivided } from "./listing-place.ts";
import { type FetchPage, parallelListing } from "./parallel-listing.ts";

/** The service's own maximum. */
export const pageItemsMaxDefault = 5_000;
/** 5,000 names of 1,024 characters, each with 8 KiB of metadata, all percent-encoded. */
const pageBytesMax = 256 * MiB;

const listNeeds = "List (l)";

/** What listing and stat'ing are alike for, be the root a source or a destination. */
export class BlobListing implements Listable {
  readonly traits: Traits;
  protected readonly client: BlobClient;
  readonly #pageItemsMax: number;
  readonly #scanRequestsMax: number;

  /** `scanRequestsMax`: requests of one listing at once; 1 lists page after page. */
  constructor(client: BlobClient, pageItemsMax: number, scanRequestsMax = 1) {
    this.client = client;
    this.#pageItemsMax = pageItemsMax;
    this.#scanRequestsMax = scanRequestsMax;
    this.traits = {
      // Emulators sort by UTF-16 units, if at all; real accounts are held to it as they are read.
      order: client.ipStyle ? "none" : "utf8",
      folders: "virtual",
      caseSensitive: true,
      blockBytesMax: 4_000 * MiB,
      blockCountMax: 50_000,
      putBytesMax: 5_000 * MiB,
    };
  }

  list(options: ListOptions, signal: AbortSignal): Listing {
    const { container } = this.client.endpoint;
    if (container === "") return this.#listAccount(options, signal);
    return this.#listContainer(container, this.client.rootPrefix, options, signal);
  }

  async stat(path: RelativePath, signal: AbortSignal, details = false): Promise<Entry | undefined> {
    const at = this.client.locate(path);
    if (at === undefined) return undefined;
    const call: BlobCall = {
      method: "HEAD",
      at,
      query: this.client.objectQuery,
      what: "look at",
      needs: "Read (r)",
    };
    const response = await this.client.send(call, signal);
    if (response.status === 404) return undefined;
    if (response.status >= 300) throw this.client.failure(call, response);
    return details ? detailedEntryOf(path, response) : entryOf(path, response);
  }

  async hasChildren(folder: RelativePath, signal: AbortSignal): Promise<boolean> {
    const prefix = asPath(folder === "" || folder.endsWith("/") ? folder : `${folder}/`);
    for await (const page of this.#withPagesOf(1).list({ prefix, recursive: true }, signal)) {
      if (page.items.length > 0) return true;
    }
    return false;
  }

  #withPagesOf(items: number): BlobListing {
    return new BlobListing(this.client, items);
  }

  /** `root`: what the names of the store's root begin with in this container. */
  #listContainer(container: string, root: string, options: ListOptions, signal: AbortSignal): Listing {
    const { recursive, versions, from } = options;
    // A listing is divided by the places of names: that is not safe where their order may be none.
    const mayDivide = recursive && versions !== true && this.traits.order === "utf8";
    if (!mayDivide || (this.#scanRequestsMax === 1 && !isDivided(from))) {
      return this.#listPages(container, root, options, signal);
    }
    const fetch: FetchPage = async ({ marker, ...request }, abort) => {
      const asked = { ...options, prefix: asPath(request.prefix), recursive: request.recursive };
      const { entries, nextMarker } = await this.#blobPage(container, root, asked, marker, abort);
      return { items: root === "" ? entries : withoutRoot(entries, root), nextMarker };
    };
    const requestsMax = this.#scanRequestsMax;
    const limits = { requestsMax, pagesHeldMax: 2 * requestsMax, pageItemsMax: this.#pageItemsMax };
    return parallelListing(fetch, options, signal, limits);
  }

  async *#listPages(
    container: string,
    root: string,
    options: ListOptions,
    signal: AbortSignal,
  ): AsyncGenerator<Page, void, void> {
    let token = options.from;
    for (;;) {
      const page = await this.#blobPage(container, root, options, token, signal);
      yield { items: root === "" ? page.entries : withoutRoot(page.entries, root), token };
      if (page.nextMarker === "") return;
      if (page.nextMarker === token) throw endless(container);
      token = page.nextMarker;
    }
  }

  async #blobPage(
    container: string,
    root: string,
    options: ListOptions,
    marker: string | undefined,
    signal: AbortSignal,
  ): Promise<BlobPage> {
    const prefix = root + options.prefix;
    const include = options.versions === true ? "metadata%2Cversions" : "metadata";
    const query = [
      `restype=container&comp=list&include=${include}&maxresults=${this.#pageItemsMax}`,
      prefix === "" ? "" : `&prefix=${encodeURIComponent(prefix)}`,
      options.recursive ? "" : "&delimiter=%2F",
      marker === undefined ? "" : `&marker=${encodeURIComponent(marker)}`,
    ].join("");
    const at = { container, name: "" };
    const call: BlobCall = {
      method: "GET",
      at,
      query,
      bodyBytesMax: pageBytesMax,
      what: "list",
      needs: listNeeds,
    };
    const response = await this.client.expect(call, signal);
    const { details = false } = options;
    return scanBlobPage(response.body, { prefix, rootLength: root.length, details });
  }

  /** Paths are "container/blob". A token names the container, and the marker within it. */
  async *#listAccount(options: ListOptions, signal: AbortSignal): AsyncGenerator<Page, void, void> {
    const slash = options.prefix.indexOf("/");
    if (options.prefix !== "" && slash < 0) throw notAFolder(options.prefix);
    const only = slash < 0 ? undefined : options.prefix.slice(0, slash);
    const from = options.from === undefined ? undefined : splitToken(options.from);
    let first = true;
    for await (const names of this.#containerNames(only, signal)) {
      for (const name of names) {
        if (from !== undefined && name < from.container) continue;
        const marker = from?.container === name ? from.marker : undefined;
        const start = first && options.from === undefined ? undefined : joinToken(name, marker);
        first = false;
        if (slash < 0 && !options.recursive) {
          yield { items: [containerEntry(name)], token: start };
          continue;
        }
        const inside: ListOptions = {
          ...options,
          prefix: asPath(options.prefix.slice(name.length + 1)),
          from: marker,
        };
        yield* this.#listOneOfAccount(name, inside, start, signal);
      }
    }
  }

  /** The pages of one container, as pages of the account. A container that cannot be listed is a gap. */
  async *#listOneOfAccount(
    name: string,
    options: ListOptions,
    start: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Page, void, void> {
    let token = start;
    try {
      for await (const page of this.#listContainer(name, "", options, signal)) {
        if (page.token !== options.from) token = joinToken(name, page.token);
        yield { items: page.items.map((item) => ({ ...item, path: asPath(`${name}/${item.path}`) })), token };
      }
    } catch (error) {
      if (!(error instanceof StorageError) || error.code === "Cancelled") throw error;
      yield { items: [{ kind: "gap", path: asPath(`${name}/`), error }], token };
    }
  }

  async *#containerNames(only: string | undefined, signal: AbortSignal): AsyncGenerator<readonly string[]> {
    if (only !== undefined) {
      yield [only];
      return;
    }
    let marker = "";
    for (;;) {
      const query = `comp=list${marker === "" ? "" : `&marker=${encodeURIComponent(marker)}`}`;
      const call: BlobCall = {
        method: "GET",
        at: { container: "", name: "" },
        query,
        bodyBytesMax: pageBytesMax,
        what: "list the containers of",
        needs: `${listNeeds} and the resource type Service (s)`,
      };
      const page = scanContainerPage((await this.client.expect(call, signal)).body);
      yield page.names;
      if (page.nextMarker === "") return;
      if (page.nextMarker === marker) throw endless("the account");
      marker = page.nextMarker;
    }
  }
}

const containerEntry = (name: string): Entry => ({
  kind: "folder",
  path: asPath(name),
  bytes: 0,
  modifiedMs: undefined,
  version: undefined,
});

/** Container names hold no "/". */
const joinToken = (container: string, marker: string | undefined): string =>
  marker === undefined ? container : `${container}/${marker}`;

function splitToken(token: string): { readonly container: string; readonly marker: string | undefined } {
  const slash = token.indexOf("/");
  if (slash < 0) return { container: token, marker: undefined };
  return { container: token.slice(0, slash), marker: token.slice(slash + 1) };
}

/**
 * A blob may be named as the root folder itself, "/" included. As a mark of the folder it is left out, as such marks
 * are; with content of its own it has no path below the root, which is a gap.
 */
function withoutRoot(entries: readonly Entry[], root: string): readonly Listed[] {
  const own = entries.findIndex((entry) => entry.path === "");
  if (own < 0) return entries;
  const entry = entries[own] as Entry;
  const others = entries.filter((_, index) => index !== own);
  if (entry.kind !== "file" || entry.bytes === 0) return others;
  const message = `the blob "${root}" has no name below the folder "${root}". Copy the folder above it, or rename the blob.`;
  return [{ kind: "gap", path: asPath(""), error: new StorageError("UnsafeName", message) }, ...others];
}

function notAFolder(prefix: string): StorageError {
  return new StorageError("InvalidArgument", `cannot list "${prefix}" of an account: it names no container.`);
}

function endless(container: string): StorageError {
  const message = `the listing of ${container} turns in circles: the service gave the same marker twice. Try again, and report it if it stays.`;
  return new StorageError("Corrupt", message);
}
