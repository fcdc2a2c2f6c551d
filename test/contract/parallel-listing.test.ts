import { strict as assert } from "node:assert";
import { after, before, test } from "node:test";
import { asPath, type Entry, type Listing, type Page } from "../../src/backends/backend.ts";
import { BlobClient } from "../../src/backends/blob/blob-client.ts";
import { openBlobSource } from "../../src/backends/blob/blob-source.ts";
import { scanBlobPage } from "../../src/backends/blob/list-scanner.ts";
import { type FetchPage, parallelListing } from "../../src/backends/blob/parallel-listing.ts";
import { type BlobStage, startBlobStage } from "../fakes/blob-stage.ts";
import { awkwardNames, byBytes, itemsOf, neverAborted, pathsOf } from "./samples.ts";

// An emulator keeps no order that could be relied on: what is compared are sets.

let stage: BlobStage;
let container: string;

const pageItemsMax = 10;
const names = [
  ...awkwardNames,
  ...awkwardNames.map((name) => `awkward/${name}`),
  ...Array.from({ length: 150 }, (_, i) => `many/${i % 6}/${i}`),
  "a",
  "a-b",
  "a/",
  "a//b",
  "a/b",
  "/a",
];

before(async () => {
  stage = await startBlobStage();
  const client = await stage.newContainer();
  container = client.containerName;
  for (const name of names) await client.getBlockBlobClient(name).upload("x", 1);
});
after(async () => {
  await stage.close();
});

/** The emulator pages by UTF-16 units, but on a page has virtual folders before the blobs. */
function byUnits(a: Entry, b: Entry): number {
  const keyOf = (entry: Entry): string => (entry.version === undefined ? `${entry.path}/` : entry.path);
  return keyOf(a) < keyOf(b) ? -1 : 1;
}

function fetchFrom(requests: string[]): FetchPage {
  const client = new BlobClient(stage.endpoint(container), stage.transport);
  return async ({ prefix, recursive, marker }, signal) => {
    const parameters: Record<string, string> = { restype: "container", comp: "list", prefix };
    if (!recursive) parameters["delimiter"] = "/";
    if (marker !== undefined) parameters["marker"] = marker;
    const query = String(new URLSearchParams({ ...parameters, maxresults: `${pageItemsMax}` }));
    requests.push(query);
    const call = { method: "GET", at: { container, name: "" }, query, bodyBytesMax: 1_000_000 } as const;
    const { body } = await client.expect({ ...call, what: "list", needs: "List (l)" }, signal);
    const { entries, nextMarker } = scanBlobPage(body, { prefix, rootLength: 0 });
    return { items: entries.toSorted(byUnits), nextMarker };
  };
}

function list(from?: string, requests: string[] = []): Listing {
  const limits = { requestsMax: 8, pagesHeldMax: 16, pageItemsMax };
  return parallelListing(fetchFrom(requests), { prefix: asPath(""), from }, neverAborted, limits);
}

async function collect(listing: Listing): Promise<Page[]> {
  const pages: Page[] = [];
  for await (const page of listing) pages.push(page);
  return pages;
}

test("a parallel listing of a container brings the blobs that a flat one does", async () => {
  const requests: string[] = [];
  const entries = itemsOf(await collect(list(undefined, requests)));
  assert(
    requests.some((query) => query.includes("delimiter")),
    "it was never divided",
  );
  const paths = entries.map(({ path }) => path as string);
  assert.deepEqual(paths.toSorted(byBytes), names.toSorted(byBytes));
  const source = openBlobSource({ endpoint: stage.endpoint(container), transport: stage.transport });
  assert.deepEqual(paths.toSorted(byBytes), (await pathsOf(source)).sort(byBytes));
});

test("its tokens begin again with their pages", async () => {
  const pages = await collect(list());
  for (const [number, { token }] of pages.entries()) {
    if (number % 5 !== 0) continue;
    const again = await collect(list(token));
    assert.deepEqual(itemsOf(again), itemsOf(pages.slice(number)), `from page ${number}: ${token}`);
  }
});
