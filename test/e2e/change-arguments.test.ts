import { strict as assert } from "node:assert";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Ended, User } from "./azcopy.ts";
import { type Container, Lab } from "./lab.ts";
import { missingFor } from "./real-azcopy.ts";

/** What AzCopy says when another of its processes runs on the machine. */
const otherProcesses = /INFO: More than one AzCopy process is running\.[\s\S]*?other instances\.\s*?\n/;
const httpNotice = /INFO: NOTE: HTTP is in use [^\n]*\n/;

/** Flags of a sync of a folder to blobs that end it before anything is done. */
const syncFlags = [
  "--delete-destination x",
  "--compare-hash x",
  "--local-hash-storage-mode X",
  "--check-md5 zz",
  "--hardlinks zz",
  "--trailing-dot X",
  "--posix-properties-style q",
  "--posix-properties-style q --hardlinks q --compare-hash q --trailing-dot q --check-md5 q --delete-destination q",
  "--block-size-mb -1",
  "--block-size-mb=abc",
  "--block-size-mb 1e-7",
  "--put-blob-size-mb -1",
  "--check-md5 NoCheck",
  "--include a",
  "--exclude a",
  "--preserve-symlinks",
  "--follow-symlinks",
  "--preserve-symlinks --follow-symlinks",
  "--delete-destination prompt --output-level quiet",
  "--delete-destination prompt --output-level essential",
  "--dry-run --output-level essential",
  "--dry-run --delete-destination prompt --output-level essential --block-size-mb -1",
  "--overwrite false",
  "--cap-mbps x",
  "--recursive false",
  "--recursive=yes",
  "--output-type x",
];

const removeFlags = [
  "--delete-snapshots X",
  "--permanent-delete X",
  "--trailing-dot X",
  "--dry-run --output-level quiet",
  "--dry-run --output-level essential",
  "--include-path a --list-of-files /nope",
  "--list-of-files /nope",
  "--list-of-files /nope --dry-run --output-level essential",
  "--nosuch",
  "--dry-run",
  "--dry-run --delete-snapshots INCLUDE",
  "--dry-run --include-pattern q",
];

const setPropertiesFlags = [
  "--metadata a;b",
  "--metadata a!=b",
  "--metadata ;",
  "--blob-tags a=!",
  "--blob-tags =c",
  "--blob-tags a%zz=b",
  "--blob-tags a*=b --dry-run --output-level essential",
  "--metadata a!=b --blob-tags a*=b",
  "--block-blob-tier Archive --metadata a=b",
  "--block-blob-tier Nope",
  "--page-blob-tier X",
  "--rehydrate-priority X",
  "--trailing-dot X",
  "--dry-run --output-level essential",
  "--include-path a --list-of-files /nope",
  "--list-of-files /nope",
  "--list-of-files /nope --dry-run --output-level essential",
  "--dry-run --metadata clear --blob-tags clear",
  "--dry-run --metadata x",
];

describe("sync, remove and set-properties answer what they are asked as AzCopy does, byte for byte", async () => {
  const lab = await Lab.open();
  const real = lab.realAzcopy();
  const skip = missingFor(real);
  let user: User;
  let folder: string;
  let container: Container;
  before(async () => {
    user = lab.user();
    folder = lab.newFolder("work");
    mkdirSync(join(folder, "data"));
    writeFileSync(join(folder, "data", "a.txt"), "hello");
    container = await lab.container();
    await container.put("x", "1");
  });
  after(() => lab.close());

  async function assertSameAnswer(words: readonly string[]): Promise<void> {
    const [ours, theirs] = await Promise.all([
      user.azcopy(words, { folder }),
      user.azcopy(words, { folder, file: real, real: true }),
    ]);
    assert.deepEqual(shown(ours), shown(theirs), words.join(" ").replaceAll(lab.sas, "SAS"));
  }

  test("flags of sync", { skip }, async () => {
    const words = ["sync", "data", container.url("v"), "--from-to=LocalBlob"];
    for (const flags of syncFlags) await assertSameAnswer([...words, ...flags.split(" ")]);
  });

  test("flags of remove", { skip }, async () => {
    const words = ["remove", container.url("x"), "--from-to=BlobTrash"];
    for (const flags of removeFlags) await assertSameAnswer([...words, ...flags.split(" ")]);
  });

  test("flags of set-properties", { skip }, async () => {
    const words = ["set-properties", container.url("x"), "--from-to=BlobNone"];
    for (const flags of setPropertiesFlags) await assertSameAnswer([...words, ...flags.split(" ")]);
  });

  test("arguments", { skip }, async () => {
    const url = container.url();
    const lines = [
      ["sync"],
      ["sc", "a"],
      ["s", "a", "b", "c"],
      ["syn"],
      ["sync", "data", lab.url(""), "--from-to=LocalBlob"],
      ["sync", lab.url(""), "data", "--from-to=BlobLocal"],
      ["sync", "data", lab.url("$logs"), "--from-to=LocalBlob"],
      ["rm"],
      ["remove", "a", "b"],
      ["r", "data"],
      ["rm", "http://localhost/a"],
      ["rm", url],
      ["rm", url, "--from-to=LocalBlob"],
      ["rm", url, "--from-to=blobtrash"],
      ["rm", container.url("*.txt"), "--from-to=BlobTrash"],
      ["delete"],
      ["remov"],
      ["sp"],
      ["set-props", "a", "b"],
      ["setprops", "data"],
      ["sp", url],
      ["sp", url, "--from-to=LocalBlob"],
      ["sp", url, "--from-to=blobnone"],
      ["sp", container.url("*.txt"), "--from-to=BlobNone"],
      ["props"],
    ];
    for (const words of lines) await assertSameAnswer(words);
  });
});

/** All that a script could look at, without what is there for people alone: usage texts and notices. */
function shown({ exitCode, stdout, stderr }: Ended): object {
  const [problem = ""] = stderr.split("\n");
  return { exitCode, problem, stdout: stdout.replace(otherProcesses, "").replace(httpNotice, "") };
}
