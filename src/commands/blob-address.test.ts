import { strict as assert } from "node:assert";
import { test } from "node:test";
import { StorageError } from "../foundation/errors.ts";
import { atBlobService, listAddress, locationOfUrl } from "./blob-address.ts";

test("the host tells what an address leads to; hosts that tell nothing are emulators of the Blob service", () => {
  const cases = {
    "https://a.blob.core.windows.net/c": "Blob",
    "https://a.dfs.core.windows.net/c": "BlobFS",
    "https://a.file.core.windows.net/c": "File",
    "http://127.0.0.1:10000/a/c": "Blob",
    "http://[::1]:10000/a/c": "Blob",
    "http://localhost/a/c": "Blob",
    "http://azurite:10000/a/c?x=1": "Blob",
    "https://storage.example.com/c": "Unknown",
    "https://c.s3.amazonaws.com/": "S3",
    "/tmp/c": "Local",
    "c:\\c": "Local",
  };
  for (const [url, location] of Object.entries(cases)) assert.equal(locationOfUrl(url), location, url);
});

test("only the host of a Data Lake address changes", () => {
  assert.equal(
    atBlobService("https://a.dfs.core.windows.net/c.dfs.x/y?z=.dfs."),
    "https://a.blob.core.windows.net/c.dfs.x/y?z=.dfs.",
  );
  const plain = "https://a.blob.core.windows.net/c.dfs.x";
  assert.equal(atBlobService(plain), plain);
});

test("--location is taken in any case, and says what else cannot be told", () => {
  const url = "https://storage.example.com/c";
  for (const flag of ["Blob", "blob", "BLOBFS"]) assert.equal(listAddress(url, flag), url);
  assert.equal(listAddress("http://127.0.0.1/a/c", ""), "http://127.0.0.1/a/c");
});

test("what cannot be listed is refused in AzCopy's words", () => {
  const blob = "https://a.blob.core.windows.net/c";
  const refusals: readonly (readonly [string, string, RegExp])[] = [
    [
      blob,
      "foo",
      /^invalid --location value specified: "foo"\. .* All valid Locations are: AzureAccount, Blob, /,
    ],
    [blob, "S3", /^azcopy only supports Azure resources for listing i\.e\. Blob, File, BlobFS$/],
    [blob, "unknown", /^azcopy only supports Azure resources/],
    ["/tmp", "", /^azcopy only supports Azure resources/],
    ["", "", /^azcopy only supports Azure resources/],
    [
      "https://storage.example.com/c",
      "",
      /^the inferred location could not be identified, or is currently not supported/,
    ],
    ["https://a.file.core.windows.net/s", "", /^listing File is known but not available/],
    [blob, "filenfs", /^listing FileNFS is known but not available/],
  ];
  for (const [url, flag, message] of refusals) {
    assert.throws(
      () => listAddress(url, flag),
      (error) => error instanceof StorageError && message.test(error.message),
      `${url} ${flag}`,
    );
  }
});
