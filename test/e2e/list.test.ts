import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { after, before, describe, test } from "node:test";
import { azcopyFile, type Ended, type User } from "./azcopy.ts";
import { type Container, Lab } from "./lab.ts";
import { missingFor } from "./real-azcopy.ts";
import { awkwardNames } from "./trees.ts";

const atEmulator = "--location=Blob";
const allProperties =
  "--properties=LastModifiedTime;VersionId;BlobType;BlobAccessTier;ContentType;ContentEncoding;ContentMD5;LeaseState;LeaseDuration;LeaseStatus;ArchiveStatus";
/** Sizes around every border of rounding, at which page blobs of many terabytes cost nothing. */
const pageSizes = [
  512,
  1_024,
  999_936,
  1_048_064,
  1_048_576,
  2 ** 30 - 512,
  2 ** 30,
  1.125 * 2 ** 30,
  2 ** 40 - 512,
  1.5 * 2 ** 40,
];
const blockSizes = [0, 1, 999, 1_000, 1_005, 1_023, 1_152, 1_408, 10_234];

describe("azcopy list", async () => {
  const lab = await Lab.open();
  const real = lab.realAzcopy();
  const absent = missingFor(real);
  let user: User;
  let tree: Container;
  let names: Container;
  let sizes: Container;
  let empty: Container;
  before(async () => {
    user = lab.user(new URLSearchParams(lab.expiredSas()).get("sig") ?? "");
    [tree, names, sizes, empty] = (await Promise.all([0, 1, 2, 3].map(() => lab.container()))) as [
      Container,
      Container,
      Container,
      Container,
    ];
    await plantTree(tree);
    for (const name of [...awkwardNames, "a//b", "end/", "a b/c d/"]) await names.put(name, name);
    for (const size of pageSizes) await sizes.client.getPageBlobClient(`page-${size}`).create(size);
    for (const size of blockSizes) await sizes.put(`block-${size}`, Buffer.alloc(size));
  });
  after(() => lab.close());

  const ours = (words: readonly string[]): Promise<Ended> => user.azcopy(["list", ...words]);
  const theirs = (words: readonly string[]): Promise<Ended> =>
    user.azcopy(["list", ...words], { file: real, real: true });

  /** Each: a title, and what stands on the command line, the address as a path in the account. */
  const cases: readonly (readonly [title: string, target: () => string, ...flags: string[]])[] = [
    ["a container", () => tree.name],
    ["a container with a slash behind it", () => `${tree.name}/`],
    ["an empty container", () => empty.name, "--running-tally"],
    ["a virtual folder", () => `${tree.name}/folder/`],
    ["a virtual folder without its slash", () => `${tree.name}/other`],
    ["a nested virtual folder", () => `${tree.name}/folder/sub`],
    ["a blob", () => `${tree.name}/a.txt`],
    ["a blob that is called as a folder", () => `${tree.name}/folder`],
    ["a folder that a blob marks", () => `${tree.name}/stub`],
    ["a link", () => `${tree.name}/link`],
    ["a folder below an empty name", () => `${tree.name}/double/`],
    ["nothing", () => `${tree.name}/nothing`],
    ["nothing, with a tally", () => `${tree.name}/nothing/`, "--running-tally"],
    ["awkward names", () => names.name],
    ["awkward names in JSON", () => names.name, "--output-type=json"],
    ["sizes", () => sizes.name, "--running-tally"],
    ["sizes in powers of 1000", () => sizes.name, "--running-tally", "--mega-units"],
    ["sizes as numbers", () => sizes.name, "--running-tally", "--machine-readable", "--mega-units"],
    ["sizes in JSON", () => sizes.name, "--running-tally", "--output-type=json"],
    ["all properties", () => tree.name, allProperties],
    ["all properties in JSON", () => tree.name, allProperties, "--output-type=json", "--running-tally"],
    ["all properties of a blob", () => `${tree.name}/a.txt`, allProperties],
    [
      "all properties of a leased blob in JSON",
      () => `${tree.name}/leased`,
      allProperties,
      "--output-type=json",
    ],
    [
      "some properties, one twice, one unknown",
      () => tree.name,
      "--properties=archivestatus;x; BlobType;BLOBTYPE;ArchiveStatus;",
    ],
    ["an account", () => "", "--running-tally"],
    ["containers by a pattern", () => `${tree.name.slice(0, -1)}*`],
    ["essential output", () => tree.name, "--output-level=essential"],
    ["quiet output", () => tree.name, "--output-level=quiet"],
    ["the flag for trailing dots", () => `${tree.name}/folder/`, "--trailing-dot=disable"],
  ];
  for (const [title, target, ...flags] of cases) {
    test(`lists as AzCopy does: ${title}`, { skip: absent }, async () => {
      const words = [lab.url(target()), atEmulator, ...flags];
      const [our, their] = await Promise.all([ours(words), theirs(words)]);
      assert.equal(their.exitCode, 0, String(their));
      assert.equal(our.exitCode, 0, String(our));
      assert.equal(our.stderr, "");
      assert.deepEqual(linesOf(our), linesOf(their));
      if (flags.includes("--running-tally"))
        assert.deepEqual(linesOf(our, "in order").slice(-3), linesOf(their, "in order").slice(-3));
    });
  }

  const refusals: readonly (readonly [title: string, words: () => string[]])[] = [
    ["no address", () => []],
    ["two addresses", () => ["a", "b"]],
    ["a folder of this machine", () => ["/tmp"]],
    ["a host that tells nothing", () => ["https://storage.example.com/container"]],
    ["an unknown location", () => [tree.url(), "--location=Moon"]],
    ["a location of another kind", () => [tree.url(), "--location=S3"]],
    ["an unknown treatment of trailing dots", () => [tree.url(), atEmulator, "--trailing-dot=x"]],
    ["an unknown type of output", () => [tree.url(), atEmulator, "--output-type=x"]],
  ];
  for (const [title, words] of refusals) {
    test(`refuses as AzCopy does: ${title}`, { skip: absent }, async () => {
      const [our, their] = await Promise.all([ours(words()), theirs(words())]);
      assert.deepEqual([our.exitCode, their.exitCode], [1, 1], String(our));
      const [message, ...rest] = their.stdout.trim().split("\n");
      assert.deepEqual(rest, []);
      assert(our.stdout.startsWith(`\n${message}`), `${our} instead of ${their}`);
      assert.equal(our.stderr.split("\n")[0], their.stderr.split("\n")[0]);
    });
  }

  test("tells of what cannot be listed with AzCopy's first words, and its own reason", {
    skip: absent,
  }, async () => {
    const beginning = "failed to traverse container: cannot list files due to reason ";
    for (const [address, reason] of [
      [lab.url("no-such-container"), "ContainerNotFound"],
      [lab.url("no-such-container/x"), "ContainerNotFound"],
      [tree.url("", lab.expiredSas()), "AuthorizationFailure"],
    ] as const) {
      const words = [address, atEmulator, "--running-tally"];
      const [our, their] = await Promise.all([ours(words), theirs(words)]);
      for (const ended of [our, their]) {
        assert.equal(ended.exitCode, 1, String(ended));
        const [, , told = ""] = ended.stdout.split("\n");
        assert(told.startsWith(beginning), String(ended));
        assert(ended.stdout.includes(reason), String(ended));
      }
      const json = await ours([...words, "--output-type=json"]);
      assert.equal(json.messages.at(-1)?.type, "Error");
    }
  });

  test("is sorted by name, whatever AzCopy does", async () => {
    const { stdout } = await ours([names.url(), "--output-level=essential"]);
    const found = stdout.split(/; Content Length: .*\n/).slice(0, -1);
    assert.deepEqual(found, [...found].sort());
    assert(found.length > awkwardNames.length);
  });

  test("lists what a star after the last slash means, and refuses other stars", async () => {
    const [folder, star] = await Promise.all([ours([tree.url("folder/")]), ours([tree.url("folder/*")])]);
    assert.equal(star.stdout, folder.stdout);
    const refused = await ours([tree.url("fold*")]);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stdout, /cannot use wildcards in the path section/);
  });

  test("depth and prefix pick what is listed", async () => {
    const shown = async (...words: string[]): Promise<string[]> => {
      const ended = await ours([...words, "--output-level=essential", "--machine-readable"]);
      assert.equal(ended.exitCode, 0, String(ended));
      return ended.stdout.trimEnd().split("\n").sort();
    };
    assert.deepEqual(await shown(tree.url("folder/"), "--depth=1"), [
      "b.txt; Content Length: 1536",
      "sub/; Content Length: 0",
    ]);
    assert.deepEqual(await shown(tree.url(), "--prefix=folder/s"), ["folder/sub/c.txt; Content Length: 5"]);
    assert.deepEqual(await shown(tree.url(), "--prefix=folder", "--depth", "1", "--running-tally"), [
      "",
      "File count: 1",
      "Total file size: 1",
      "folder-2/; Content Length: 0",
      "folder/; Content Length: 0",
      "folder; Content Length: 1",
    ]);
    assert.deepEqual(await shown(lab.url(""), "--depth=1", `--prefix=${tree.name}`), [
      `${tree.name}/; Content Length: 0`,
    ]);
    const wrong = await ours([tree.url(), "--depth=-1"]);
    assert.equal(wrong.exitCode, 1);
    assert.match(wrong.stderr, /invalid argument "-1" for "--depth" flag/);
  });

  test("lists a container through many pages, and ends quietly when nobody reads on", async () => {
    const many = await lab.container();
    const count = 12_000;
    const put = async (lane: number): Promise<void> => {
      for (let n = lane; n < count; n += 32) await many.put(`${n}`.padStart(5, "0"), "");
    };
    await Promise.all(Array.from({ length: 32 }, (_, lane) => put(lane)));
    const whole = await ours([many.url(), "--output-level=essential", "--running-tally"]);
    assert.match(whole.stdout, new RegExp(`\n\nFile count: ${count}\n`));
    assert.equal(whole.stdout.split("\n").length, count + 4);
    const pipe = `"$0" list "$1" --output-level=essential | head -n 2; echo "\${PIPESTATUS[0]}"`;
    const child = spawn("bash", ["-c", pipe, azcopyFile, many.url()], {
      env: { ...process.env, HOME: user.home, AZCOPY_LOG_LOCATION: user.logs },
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
    await new Promise((resolve) => child.on("close", resolve));
    assert.equal(said, "00000; Content Length: 0.00 B\n00001; Content Length: 0.00 B\n0\n");
  });
});

/** What was printed, with times set to nothing; sorted, since AzCopy's order is by chance. */
function linesOf(ended: Ended, order: "sorted" | "in order" = "sorted"): string[] {
  const text = ended.stdout.replaceAll(/"TimeStamp":"[^"]*"/g, '"TimeStamp":""');
  const lines = text.split("\n");
  return order === "sorted" ? lines.sort() : lines;
}

async function plantTree({ client }: Container): Promise<void> {
  const put = (name: string, content: string, options = {}) =>
    client.getBlockBlobClient(name).upload(content, Buffer.byteLength(content), options);
  await put("a.txt", "hello!", {
    tier: "Cool",
    blobHTTPHeaders: { blobContentType: "text/plain; charset=utf-8", blobContentEncoding: "gzip" },
  });
  await put("folder/b.txt", "b".repeat(1_536));
  await put("folder/sub/c.txt", "12345");
  await put("folder-2/d", "");
  await put("folder", "x");
  await put("other/e/f", "22");
  await put("stub", "", { metadata: { hdi_isfolder: "true" } });
  await put("stub/in", "1");
  await put("link", "a.txt", { metadata: { is_symlink: "true" } });
  await put("slash/", "");
  await put("slash/g", "22");
  await put("double//h", "333");
  await client.getAppendBlobClient("append").create();
  await client.getPageBlobClient("page").create(1_536);
  await put("archived", "zz");
  await client.getBlobClient("archived").setAccessTier("Archive");
  await put("leased", "1");
  await client.getBlobClient("leased").getBlobLeaseClient().acquireLease(60);
  await put("snapped", "1");
  await client.getBlobClient("snapped").createSnapshot();
}
