import { strict as assert } from "node:assert";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { StorageError } from "../../foundation/errors.ts";
import { scanContainerPage } from "./container-scanner.ts";
import { scanBlobPage } from "./list-scanner.ts";
import { encodeText } from "./xml.ts";

interface Blob {
  readonly name: string;
  readonly virtual: boolean;
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly etag: string;
  readonly md5: string | undefined;
  readonly state: { readonly snapshot?: string; readonly versionId?: string };
  readonly metadata: readonly (readonly [string, string])[];
}

/** Characters that XML 1.0 cannot hold, even as entities. */
const notXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** Writes a page as the service does, element by element, from what it should be read as. */
function render(blobs: readonly Blob[], options: { mark: boolean; spaced: boolean; marker: string }): Buffer {
  const gap = options.spaced ? "\n  " : "";
  const name = (text: string): string =>
    notXml.test(text)
      ? `<Name Encoded="true">${encodeURIComponent(text)}</Name>`
      : `<Name>${encodeText(text)}</Name>`;
  const state = ({ state: { snapshot, versionId } }: Blob): string =>
    (snapshot === undefined ? "<Snapshot />" : `<Snapshot>${snapshot}</Snapshot>${gap}`) +
    (versionId === undefined
      ? ""
      : `<VersionId>${versionId}</VersionId><IsCurrentVersion>true</IsCurrentVersion>`);
  const item = (blob: Blob): string => {
    if (blob.virtual) return `<BlobPrefix>${name(`${blob.name}/`)}</BlobPrefix>`;
    const properties = [
      "<Creation-Time>Sun, 22 Nov 2026 22:14:49 GMT</Creation-Time>",
      `<Last-Modified>${new Date(blob.modifiedMs).toUTCString()}</Last-Modified>`,
      `<Etag>${blob.etag}</Etag>`,
      `<Content-Length>${blob.bytes}</Content-Length>`,
      "<Content-Encoding />",
      blob.md5 === undefined ? "<Content-MD5/>" : `<Content-MD5>${blob.md5}</Content-MD5>`,
      "<BlobType>BlockBlob</BlobType>",
    ];
    const metadata = blob.metadata.map(([key, value]) =>
      value === "" ? `<${key} />` : `<${key}>${encodeText(value)}</${key}>`,
    );
    const whole = blob.metadata.length === 0 ? "<Metadata />" : `<Metadata>${metadata.join(gap)}</Metadata>`;
    return `<Blob>${gap}${name(blob.name)}${gap}${state(blob)}${gap}<Deleted>false</Deleted><Properties>${properties.join(gap)}</Properties>${gap}${whole}${gap}<OrMetadata /></Blob>`;
  };
  const list = blobs.length === 0 ? "<Blobs />" : `<Blobs>${gap}${blobs.map(item).join(gap)}</Blobs>`;
  const next =
    options.marker === "" ? "<NextMarker />" : `<NextMarker>${encodeText(options.marker)}</NextMarker>`;
  const head = `${options.mark ? "\ufeff" : ""}<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://a/" ContainerName="c"><Prefix>x&lt;Blobs</Prefix>`;
  return Buffer.from(`${head}${gap}${list}${next}</EnumerationResults>`);
}

const nameCharacter = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(..."abcXYZ019-_./ ") },
  fc.constantFrom(..."&<>\"'%#?+;=\\\u0001\u001f\ufffe\ud7ff"),
  fc.constantFrom("ä", "Ａ", "😀", "&amp;", "%41", "</Name>"),
);
const name = fc.array(nameCharacter, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(""));
const metadataKey = fc.constantFrom(
  "a",
  "Name",
  "Blob",
  "Metadata",
  "Etag",
  "Properties",
  "hdi_isfolder",
  "Is_Symlink",
  "x_y",
);
const blob: fc.Arbitrary<Blob> = fc.record({
  name: name.map((text) => `pre/${text}`),
  virtual: fc.boolean(),
  bytes: fc.nat(5_000_000_000_000),
  modifiedMs: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1_000),
  etag: fc.constantFrom("0x8DD2ABCDEF00001", '"0x8DD2ABCDEF00001"'),
  md5: fc.option(fc.constant("XUFAKrxLKna5cZ2REBfFkg=="), { nil: undefined }),
  state: fc.record(
    {
      snapshot: fc.constant("2026-11-22T22:14:49.1234567Z"),
      versionId: fc.constant("2026-11-23T22:14:49.1234567Z"),
    },
    { requiredKeys: [] },
  ),
  metadata: fc.uniqueArray(fc.tuple(metadataKey, fc.constantFrom("true", "True", "false", "a<b", "")), {
    selector: ([key]) => key.toLowerCase(),
    maxLength: 3,
  }),
});

function expected(each: Blob): object {
  const path = each.name.slice(4);
  if (each.virtual) return { kind: "folder", path, bytes: 0, modifiedMs: undefined, version: undefined };
  const isTrue = (key: string): boolean =>
    each.metadata.some(([name, value]) => name.toLowerCase() === key && value.toLowerCase() === "true");
  const kinds = each.metadata
    .map(([key]) => key.toLowerCase())
    .filter((key) => (key === "hdi_isfolder" || key === "is_symlink") && isTrue(key));
  const last = kinds.at(-1);
  const kind = last === undefined ? "file" : last === "hdi_isfolder" ? "folder" : "symlink";
  return {
    kind,
    path,
    bytes: kind === "folder" ? 0 : each.bytes,
    modifiedMs: each.modifiedMs,
    version: "0x8DD2ABCDEF00001",
    ...each.state,
    ...(each.md5 === undefined ? {} : { contentMd5: each.md5 }),
  };
}

test("scanBlobPage reads what the service writes, whatever the names and metadata", () => {
  const options = fc.record({
    mark: fc.boolean(),
    spaced: fc.boolean(),
    marker: fc.oneof(fc.constant(""), name),
  });
  fc.assert(
    fc.property(fc.array(blob, { maxLength: 8 }), options, (blobs, how) => {
      const marker = notXml.test(how.marker) ? "m" : how.marker;
      const page = scanBlobPage(render(blobs, { ...how, marker }), { prefix: "pre/", rootLength: 4 });
      assert.deepEqual(page.entries, blobs.map(expected));
      assert.equal(page.nextMarker, marker);
    }),
    { numRuns: 2_000 },
  );
});

const options = { prefix: "", rootLength: 0 };

test("scanBlobPage: details are told where they are asked for", () => {
  const blobOf = (properties: string): string =>
    `<Blob><Name>a</Name><Properties>${properties}<Content-Length>3</Content-Length></Properties><Metadata><LeaseState>no</LeaseState></Metadata></Blob>`;
  const full =
    "<Last-Modified>Sun, 22 Nov 2026 22:14:49 GMT</Last-Modified><Etag>1</Etag><Content-Type>text/plain; a=&quot;b&quot;</Content-Type><Content-Encoding>gzip</Content-Encoding><Content-MD5>m</Content-MD5><BlobType>BlockBlob</BlobType><AccessTier>Archive</AccessTier><LeaseStatus>locked</LeaseStatus><LeaseState>leased</LeaseState><LeaseDuration>infinite</LeaseDuration><ArchiveStatus>rehydrate-pending-to-hot</ArchiveStatus>";
  const body = Buffer.from(
    `<E><Blobs>${blobOf(full)}${blobOf("<Content-Type /><Content-Encoding/>")}</Blobs></E>`,
  );
  const [first, second] = scanBlobPage(body, { ...options, details: true }).entries;
  assert.deepEqual(first?.details, {
    blobType: "BlockBlob",
    tier: "Archive",
    contentType: 'text/plain; a="b"',
    contentEncoding: "gzip",
    leaseState: "leased",
    leaseDuration: "infinite",
    leaseStatus: "locked",
    archiveStatus: "rehydrate-pending-to-hot",
  });
  assert.deepEqual([first.bytes, first.contentMd5, first.version], [3, "m", "1"]);
  assert.deepEqual(second?.details, {});
  for (const entry of scanBlobPage(body, options).entries) assert.equal(entry.details, undefined);
});

test("scanBlobPage: a directory of a hierarchical account is a folder", () => {
  const page = scanBlobPage(
    Buffer.from(
      "<EnumerationResults><Blobs><Blob><Name>d</Name><Properties><ResourceType>directory</ResourceType><Etag>1</Etag></Properties></Blob></Blobs><NextMarker/></EnumerationResults>",
    ),
    options,
  );
  assert.equal(page.entries[0]?.kind, "folder");
});

test("scanBlobPage: an answer that is no page, or is cut off, is Corrupt", () => {
  const sample: Blob = {
    name: "pre/a&b",
    virtual: false,
    bytes: 1,
    modifiedMs: 0,
    etag: "1",
    md5: undefined,
    state: {},
    metadata: [["k", "v"]],
  };
  const whole = render([sample, { ...sample, virtual: true }], { mark: false, spaced: false, marker: "" });
  const bodies: Uint8Array[] = ["", "<html>proxy</html>", "<EnumerationResults><Blobs><Other/></Blobs>"].map(
    (text) => Buffer.from(text),
  );
  for (let length = 0; length < whole.indexOf("</Blobs>"); length++) bodies.push(whole.subarray(0, length));
  for (const body of bodies) {
    assert.throws(
      () => scanBlobPage(body, options),
      (error) => error instanceof StorageError && error.code === "Corrupt",
    );
  }
});

test("scanBlobPage: a name outside the prefix is Corrupt", () => {
  for (const name of ["other/a", "p&amp;re/a"]) {
    const body = Buffer.from(`<E><Blobs><Blob><Name>${name}</Name></Blob></Blobs></E>`);
    assert.throws(
      () => scanBlobPage(body, { prefix: "pre/", rootLength: 4 }),
      (error) => error instanceof StorageError && error.code === "Corrupt",
    );
  }
});

test("scanBlobPage: an entry does not keep its page in memory", async () => {
  const filler = "<Blob><Name>filler</Name></Blob>".repeat(100_000);
  const kept: unknown[] = [];
  const page = (text: string): Buffer =>
    Buffer.from(`<E><Blobs><Blob><Name>${text}</Name></Blob>${filler}</Blobs><NextMarker/></E>`);
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const heldBytes = async (): Promise<number> => {
    // What lies outside of the heap is given back only after a turn.
    for (let round = 0; round < 3; round++) {
      collect();
      await new Promise(setImmediate);
    }
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  for (const name of ["a-name-of-some-length", "ein-längerer-Name"]) {
    scanBlobPage(page(name), options);
    const before = await heldBytes();
    for (let i = 0; i < 10; i++) kept.push(scanBlobPage(page(name), options).entries[0]);
    assert((await heldBytes()) - before < 3_000_000, "ten pages of three megabytes are still there");
  }
});

test("scanContainerPage reads names and marker", () => {
  const xml =
    '<?xml version="1.0"?><EnumerationResults ServiceEndpoint="x"><Prefix/><MaxResults>5000</MaxResults><Containers><Container><Name>one</Name><Properties><Etag>1</Etag></Properties></Container><Container><Name>$web</Name><Properties/></Container></Containers><NextMarker>/a/three&amp;</NextMarker></EnumerationResults>';
  assert.deepEqual(scanContainerPage(Buffer.from(xml)), { names: ["one", "$web"], nextMarker: "/a/three&" });
  const none = "<EnumerationResults><Containers/><NextMarker/></EnumerationResults>";
  assert.deepEqual(scanContainerPage(Buffer.from(none)), { names: [], nextMarker: "" });
  assert.throws(() => scanContainerPage(Buffer.from("<html/>")), StorageError);
});
