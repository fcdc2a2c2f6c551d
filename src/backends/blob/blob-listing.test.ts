import { strict as assert } from "node:assert";
import test from "node:test";
import { ListedNames } from "../../../test/fakes/listed-names.ts";
import type { Transport } from "../../transport/transport.ts";
import { asPath, type ListOptions, type Page } from "../backend.ts";
import { openBlobSource } from "./blob-source.ts";

const never = new AbortController().signal;

/** A service whose every container holds the same blobs. */
function serving(names: ListedNames, containers: readonly string[] = []): Transport {
  const xml = (items: string, nextMarker: string): string =>
    `<EnumerationResults><${items}<NextMarker>${nextMarker}</NextMarker></EnumerationResults>`;
  return async ({ path }, signal) => {
    const query = new URL(path, "http://service").searchParams;
    const answer = (body: string) => ({ status: 200, headers: {}, body: Buffer.from(body), tries: 1 });
    if (query.get("restype") === null) {
      const list = containers
        .map((name) => `<Container><Name>${name}</Name><Properties/></Container>`)
        .join("");
      return answer(xml(`Containers>${list}</Containers>`, ""));
    }
    const request = {
      prefix: query.get("prefix") ?? "",
      recursive: !query.has("delimiter"),
      marker: query.get("marker") ?? undefined,
    };
    const { items, nextMarker } = await names.fetch(request, signal);
    const blobs = items.map((item) =>
      item.kind === "folder"
        ? `<BlobPrefix><Name>${item.path}/</Name></BlobPrefix>`
        : `<Blob><Name>${item.path}</Name><Properties><Etag>1</Etag></Properties></Blob>`,
    );
    return answer(xml(`Blobs>${blobs.join("")}</Blobs>`, nextMarker));
  };
}

interface Setting {
  readonly account?: string;
  readonly container?: string;
  readonly path?: string;
  readonly scanRequestsMax?: number;
  readonly containers?: readonly string[];
}

function open(names: ListedNames, setting: Setting = {}) {
  const {
    account = "https://account.blob.core.windows.net",
    container = "c",
    path = "",
    containers,
  } = setting;
  const { scanRequestsMax } = setting;
  const source = openBlobSource({
    endpoint: { kind: "blob", account, container, path, sas: undefined },
    transport: serving(names, containers),
    pageItemsMax: 100,
    ...(scanRequestsMax === undefined ? {} : { scanRequestsMax }),
  });
  return async (options: Partial<ListOptions> = {}): Promise<Page[]> => {
    const pages: Page[] = [];
    const all = { prefix: asPath(""), recursive: true, ...options };
    for await (const page of source.list(all, never)) pages.push(page);
    return pages;
  };
}

const pathsOf = (pages: readonly Page[]): string[] =>
  pages.flatMap(({ items }) => items.map(({ path }) => path));
const large = (root = ""): ListedNames =>
  new ListedNames(
    Array.from({ length: 3_000 }, (_, i) => `${root}${i % 10}/${i}`),
    { pageItemsMax: 100 },
  );
const isDivided = ({ requests }: ListedNames): boolean => requests.some(({ recursive }) => !recursive);

test("a listing is divided where the store was told to, and brings the same", async () => {
  for (const path of ["", "some/folder"]) {
    const root = path === "" ? "" : `${path}/`;
    const names = large(root);
    const expected = names.names.map((name) => name.slice(root.length));
    assert.deepEqual(pathsOf(await open(names, { path })()), expected);
    assert(!isDivided(names));
    const divided = open(names, { path, scanRequestsMax: 8 });
    assert.deepEqual(pathsOf(await divided()), expected);
    assert(isDivided(names));
    const below = expected.filter((each) => each.startsWith("7/"));
    assert.deepEqual(pathsOf(await divided({ prefix: asPath("7/") })), below);
  }
});

test("the token of a divided listing holds where it is no longer to be divided", async () => {
  const names = large();
  const pages = await open(names, { scanRequestsMax: 8 })();
  for (const scanRequestsMax of [1, 8]) {
    const list = open(names, { scanRequestsMax });
    for (const number of [1, 5, pages.length - 1]) {
      const rest = await list({ from: pages[number]?.token });
      assert.deepEqual(pathsOf(rest), pathsOf(pages.slice(number)));
    }
  }
});

test("the containers of an account are divided one by one, and tokens name them", async () => {
  const names = large();
  const account = { container: "", containers: ["x", "y"], scanRequestsMax: 8 };
  const pages = await open(names, account)();
  const expected = ["x", "y"].flatMap((container) => names.names.map((name) => `${container}/${name}`));
  assert.deepEqual(pathsOf(pages), expected);
  assert(isDivided(names));
  for (const number of [3, pages.length - 3]) {
    const rest = await open(names, account)({ from: pages[number]?.token });
    assert.deepEqual(pathsOf(rest), pathsOf(pages.slice(number)));
  }
});

test("neither a store whose order is not certain, nor a level, nor versions are divided", async () => {
  const names = large();
  await open(names, { account: "http://127.0.0.1:10000/account", scanRequestsMax: 8 })();
  await open(names, { scanRequestsMax: 8 })({ versions: true });
  assert(!isDivided(names));
  assert.equal(pathsOf(await open(names, { scanRequestsMax: 8 })({ recursive: false })).length, 10);
  assert.equal(names.requests.length, 61);
});
