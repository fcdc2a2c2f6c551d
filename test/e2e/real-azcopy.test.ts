import { strict as assert } from "node:assert";
import { basename, join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Ended, User } from "./azcopy.ts";
import { assertSame, type Container, Lab } from "./lab.ts";
import { missingFor } from "./real-azcopy.ts";
import { awkwardTree, hashesOf, plant } from "./trees.ts";

const blockBytes = 2 ** 20;
const flags = ["--recursive", "--block-size-mb=1"];
const upload = [...flags, "--from-to=LocalBlob", "--put-md5"];
const download = [...flags, "--from-to=BlobLocal", "--check-md5=FailIfDifferentOrMissing"];

describe("Microsoft's AzCopy and this one understand each other", async () => {
  const lab = await Lab.open();
  const real = lab.realAzcopy();
  const absent = missingFor(real);
  let user: User;
  let source: string;
  const files = Object.keys(tree()).length;
  before(() => {
    user = lab.user();
    source = lab.newFolder("source");
    plant(source, tree());
  });
  after(() => lab.close());

  const byReal = (words: readonly string[]): Promise<Ended> => user.azcopy(words, { file: real, real: true });

  test("what we upload, it downloads, and finds every MD5 right", { skip: absent }, async () => {
    const container = await lab.container();
    assertCompleted(await user.azcopy(["copy", join(source, "*"), container.url(), ...upload]));
    const copy = lab.newFolder("copy");
    assertCompleted(await byReal(["copy", container.url("*"), copy, ...download]));
    assertSame(hashesOf(copy), hashesOf(source));
  });

  test("what it uploads, we download, and find every MD5 right", { skip: absent }, async () => {
    const container = await lab.container();
    assertCompleted(await byReal(["copy", join(source, "*"), container.url(), ...upload]));
    const copy = lab.newFolder("copy");
    assertCompleted(await user.azcopy(["copy", container.url("*"), copy, ...download]));
    assertSame(hashesOf(copy), hashesOf(source));
  });

  test("both give a blob the same name, MD5 and, where no system's own list of types decides, content type", {
    skip: absent,
  }, async () => {
    const [ours, theirs] = [await lab.container(), await lab.container()];
    assertCompleted(await user.azcopy(["copy", source, ours.url("v"), ...upload]));
    assertCompleted(await byReal(["copy", source, theirs.url("v"), ...upload]));
    assert.deepEqual(await propertiesOf(ours), await propertiesOf(theirs));
  });

  function assertCompleted(ended: Ended): void {
    assert.equal(ended.exitCode, 0, String(ended));
    assert.equal(ended.status, "Completed", String(ended));
    assert.equal(ended.number("Number of File Transfers Completed"), files, String(ended));
  }
});

/** Names, sizes and contents by which a content type is guessed. */
function tree(): Record<string, number | string | Buffer> {
  return {
    ...awkwardTree(blockBytes),
    ...typed,
  };
}

/** Files whose content type follows from their name or content on every system. */
const typed = {
  "page.html": "<p>hello</p>",
  "data.json": "{}",
  "picture.png": 10,
  "style.css": "p {}",
  "script.js": "0",
  "text.txt": "hello",
  "document.pdf": 30,
  "no-extension": "plain words",
  "no-extension-html": "<!DOCTYPE html><html></html>",
  "no-extension-png": Buffer.from("89504e470d0a1a0a0000000d", "hex"),
  "no-extension-gzip": Buffer.from("1f8b080000000000", "hex"),
  "no-extension-binary": Buffer.from([0, 1, 2, 3, 255]),
};

async function propertiesOf(container: Container): Promise<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  for await (const { name, properties } of container.client.listBlobsFlat()) {
    const md5 = properties.contentMD5 && Buffer.from(properties.contentMD5).toString("hex");
    const type = basename(name) in typed ? properties.contentType : "";
    found[name] = [type, properties.contentLength, md5 || undefined, properties.blobType];
  }
  return found;
}
