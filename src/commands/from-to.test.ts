import { strict as assert } from "node:assert";
import test from "node:test";
import { FromToError, type Location, locationOf, resolveFromTo } from "./from-to.ts";

const blob = "https://acct.blob.core.windows.net/c?sv=1&sig=SECRET";

function refusal(flag: string | undefined, source: string, destination: string): FromToError {
  try {
    resolveFromTo(flag, source, destination);
  } catch (error) {
    assert(error instanceof FromToError);
    return error;
  }
  return assert.fail("was taken");
}

test("a location is told by the argument's looks", () => {
  const rows: [text: string, location: Location][] = [
    ["https://acc.blob.core.windows.net/c", "Blob"],
    ["https://acc.blob.core.chinacloudapi.cn/c", "Blob"],
    ["https://acc.z13.blob.storage.azure.net/", "Blob"],
    ["https://acc.blob.local.azurestack.external/", "Blob"],
    ["https://my.blobstore.example.com/", "Blob"],
    ["HTTPS://ACC.BLOB.CORE.WINDOWS.NET/", "Blob"],
    ["https://acc.file.core.windows.net/s", "File"],
    ["https://acc.dfs.core.windows.net/f", "BlobFS"],
    ["http://127.0.0.1:10000/devstoreaccount1/c", "Unknown"],
    ["http://localhost:10000/devstoreaccount1/c", "Unknown"],
    ["http://[::1]:10000/acct/c", "Unknown"],
    ["https://bucket.s3.amazonaws.com/", "S3"],
    ["https://s3.us-east-1.amazonaws.com/b", "S3"],
    ["https://s3-eu-west-1.amazonaws.com/b", "S3"],
    ["https://storage.cloud.google.com/b/o", "GCP"],
    ["https://storage.googleapis.com/b/o", "Unknown"],
    ["s3://b/o", "Local"],
    ["abfss://f@acc.dfs.core.windows.net/", "Local"],
    ["http:/tmp", "Local"],
    ["httpdocs", "Local"],
    ["C:\\x", "Local"],
    ["\\\\server\\share", "Local"],
    ["./acc.blob.core.windows.net", "Local"],
    ["-", "Local"],
    ["~pipe~", "Pipe"],
  ];
  for (const [text, location] of rows) assert.equal(locationOf(text), location, text);
});

test("the pair is inferred, or taken from the flag in any case", () => {
  assert.equal(resolveFromTo(undefined, "d", blob), "LocalBlob");
  assert.equal(resolveFromTo("", blob, "d"), "BlobLocal");
  assert.equal(resolveFromTo("localblob", "d", "http://127.0.0.1:10000/a/c"), "LocalBlob");
  assert.equal(resolveFromTo("BLOBLOCAL", "http://localhost:10000/a/c", "d"), "BlobLocal");
});

test("a pair that is known but not built says so", () => {
  for (const flag of [
    "BlobBlob",
    "LocalFile",
    "LocalFileSMB",
    "filesmblocal",
    "S3Blob",
    "FileNFSFileSMB",
    "PipeBlob",
  ]) {
    const error = refusal(flag, "d", blob);
    assert.equal(error.code, "Unsupported");
    assert.match(error.message, /is known but not available in this version yet/);
  }
  assert.match(refusal("LocalFileSMB", "d", blob).message, /LocalFile is known/);
  assert.equal(refusal(undefined, blob, blob).code, "Unsupported");
  assert.equal(refusal(undefined, "d", "https://a.file.core.windows.net/s").code, "Unsupported");
});

test("what cannot be told is explained, without secrets", () => {
  const unknown = refusal(undefined, "d", "http://127.0.0.1:10000/acct/c?sv=1&sig=SECRET");
  assert.match(
    unknown.message,
    /^failed to parse --from-to user input due to error: the inferred source\/dest/,
  );
  assert.equal(unknown.notices.length, 1);
  assert.match(
    unknown.notices[0] ?? "",
    /^Cannot infer destination location of http:\/\/127.0.0.1:10000\/acct\/c/,
  );
  assert.match(unknown.notices[0] ?? "", /Please specify the --from-to switch.*LocalBlob.*BlobLocal/);
  const source = refusal(undefined, "http://localhost/a?sig=SECRET", "d");
  assert.match(source.notices[0] ?? "", /^Cannot infer source location/);
  const pair = refusal(undefined, "a", "b");
  assert.equal(pair.notices.length, 2);
  assert.match(pair.notices[0] ?? "", /Source: 'a' of type Local, and Destination: 'b' of type Local/);
  const name = refusal("FooBar", "d", blob);
  assert.match(
    name.message,
    /^failed to parse --from-to user input due to error: invalid --from-to value.*"FooBar"/,
  );
  for (const error of [unknown, source, pair, name]) {
    assert.equal(error.code, "InvalidArgument");
    assert.doesNotMatch(error.message + error.notices.join(), /SECRET/);
  }
});
