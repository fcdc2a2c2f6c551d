import { strict as assert } from "node:assert";
import test from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { StorageError } from "../foundation/errors.ts";
import { nameOfBlob, parseBlobUrl, parseLocal, parseLocalDestination } from "./parse-endpoint.ts";

const host = "https://acct.blob.core.windows.net";

function refusal(text: string): string {
  try {
    parseBlobUrl(text);
  } catch (error) {
    assert(error instanceof StorageError && error.code === "InvalidArgument", inspect(error));
    return error.message;
  }
  return assert.fail(`${text} was taken`);
}

test("a blob URL is split into account, container, path and what its end says", () => {
  const rows: [text: string, account: string, container: string, path: string, ends?: string][] = [
    [`${host}`, host, "", ""],
    [`${host}/`, host, "", ""],
    [`${host}/c`, host, "c", ""],
    [`${host}/c/`, host, "c", ""],
    [`${host}/c/a.txt`, host, "c", "a.txt"],
    [`${host}/c/d/a.txt`, host, "c", "d/a.txt"],
    [`${host}/c/d/`, host, "c", "d", "slash"],
    [`${host}/c/d//`, host, "c", "d/", "slash"],
    [`${host}/c/*`, host, "c", "", "star"],
    [`${host}/c/d/*`, host, "c", "d", "star"],
    [`${host}/c/d//*`, host, "c", "d/", "slash star"],
    [`${host}/c//lead.txt`, host, "c", "/lead.txt"],
    [`${host}/c/a//b.txt`, host, "c", "a//b.txt"],
    [`${host}/c/../x`, host, "c", "../x"],
    [`${host}/c/a/%2e%2e/x`, host, "c", "a/../x"],
    [`${host}/$web/index.html`, host, "$web", "index.html"],
    ["HTTPS://ACCT.Blob.Core.Windows.Net/c/A", host, "c", "A"],
    ["https://acct.blob.core.windows.net:443/c", host, "c", ""],
    ["http://127.0.0.1:10000/acct/c/d/a.txt", "http://127.0.0.1:10000/acct", "c", "d/a.txt"],
    ["http://127.0.0.1:10000/acct", "http://127.0.0.1:10000/acct", "", ""],
    ["http://[::1]:10000/acct/c", "http://[::1]:10000/acct", "c", ""],
    ["http://localhost:10000/acct/c/a", "http://localhost:10000/acct", "c", "a"],
    ["http://azurite:10000/acct/c/a", "http://azurite:10000/acct", "c", "a"],
    ["http://acct.localhost:10000/c/a", "http://acct.localhost:10000", "c", "a"],
  ];
  for (const [text, account, container, path, ends = ""] of rows) {
    const { endpoint, trailingSlash, star } = parseBlobUrl(text);
    assert.deepEqual({ ...endpoint }, { kind: "blob", account, container, path, sas: undefined }, text);
    assert.equal([trailingSlash ? "slash" : "", star ? "star" : ""].join(" ").trim(), ends, text);
  }
});

test("names are percent-decoded once, and a plus is a plus", () => {
  const rows: [text: string, path: string][] = [
    ["a%20b.txt", "a b.txt"],
    ["a b.txt", "a b.txt"],
    ["a+b", "a+b"],
    ["a%2Bb", "a+b"],
    ["100%25", "100%"],
    ["a%2520b", "a%20b"],
    ["a%23b%3Fc", "a#b?c"],
    ["%C3%BCn%C3%AF/%F0%9F%98%80", "ünï/😀"],
    ["ünï/😀", "ünï/😀"],
    ["a%2Fb", "a/b"],
    ["lit%2Aeral", "lit*eral"],
    ["d/%2A", "d/*"],
    ["x&y=z", "x&y=z"],
    ["design=1&sp=2.txt", "design=1&sp=2.txt"],
  ];
  for (const [text, path] of rows) assert.equal(parseBlobUrl(`${host}/c/${text}`).endpoint.path, path);
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (name) => {
      fc.pre(name.isWellFormed());
      const text = `${host}/c/${encodeURIComponent(name).replaceAll("*", "%2A")}?sv=1&sig=x`;
      assert.equal(parseBlobUrl(text).endpoint.path, name);
    }),
  );
});

test("the query becomes a SAS in its encoded form, without what is no part of it", () => {
  const rows: [query: string, sas: string | undefined][] = [
    ["", undefined],
    ["?", undefined],
    ["?sv=2022-11-02&sig=ab%2Bc%2F%3D", "sv=2022-11-02&sig=ab%2Bc%2F%3D"],
    ["?sv=2022-11-02&sig=ab+c/d==", "sv=2022-11-02&sig=ab%2Bc%2Fd%3D%3D"],
    ["?sig=ab c=", "sig=ab%2Bc%3D"],
    ["??sv=1&sig=x", "sv=1&sig=x"],
    ["?&sv=1&&sig=x&", "sv=1&sig=x"],
    ["?se=2030-01-01T00:00:00Z&sig=x", "se=2030-01-01T00%3A00%3A00Z&sig=x"],
    ["?rscd=attachment%3B+filename%3Da&sig=x", "rscd=attachment%3B+filename%3Da&sig=x"],
    ["?restype=container&comp=list&timeout=3&sv=1&sig=x", "sv=1&sig=x"],
    ["?snapshot=2024-01-01T00:00:00.0000000Z", undefined],
  ];
  for (const [query, sas] of rows) {
    assert.equal(parseBlobUrl(`${host}/c/a${query}`).endpoint.sas?.reveal(), sas, query);
  }
});

test("snapshot and version leave the query", () => {
  const time = "2024-01-01T00:00:00.0000000Z";
  const snapshot = parseBlobUrl(`${host}/c/a?sv=1&Snapshot=${encodeURIComponent(time)}&sig=x`).endpoint;
  assert.equal(snapshot.snapshot, time);
  assert.equal(snapshot.sas?.reveal(), "sv=1&sig=x");
  const version = parseBlobUrl(`${host}/c/a?versionid=${time}`).endpoint;
  assert.equal(version.versionId, time);
  assert.equal("snapshot" in version, false);
});

test("a wildcard stands for containers, or alone at the end, or is refused", () => {
  assert.equal(parseBlobUrl(`${host}/logs-*`).containerPattern, "logs-*");
  assert.equal(parseBlobUrl(`${host}/logs-*`).endpoint.container, "");
  assert.equal(parseBlobUrl(`${host}/*`).containerPattern, "*");
  assert.equal(parseBlobUrl(`${host}/c`).containerPattern, undefined);
  assert.match(refusal(`${host}/logs-*/a`), /specific object name with an account-level search/);
  for (const path of ["*.txt", "d*", "d/*/b.txt", "*/b", "d/**", "a*b/*"]) {
    assert.match(refusal(`${host}/c/${path}`), /^cannot use wildcards in the path section of the URL except/);
  }
});

test("what is no place is refused with what to write instead", () => {
  const rows: [text: string, message: RegExp][] = [
    ["/local/path", /must begin with http/],
    ["https://", /must begin with http/],
    ["http:///c/a", /must begin with http/],
    ["https://ho st/c", /"ho st" is not a valid host/],
    ["https://me:secret@acct.blob.core.windows.net/c", /user name or password/],
    ["http://127.0.0.1:10000", /names no account/],
    [`${host}/c/a%zz`, /a literal "%" must be written %25/],
    [`${host}/c/100%`, /a literal "%" must be written %25/],
    [`${host}/c/%ff`, /a literal "%" must be written %25/],
    [`${host}/c/a#b`, /must be written %23/],
    [`${host}/c//`, /two slashes after the container/],
    [`${host}/c//*`, /two slashes after the container/],
    [`${host}//a.txt`, /names no container/],
  ];
  for (const [text, message] of rows) assert.match(refusal(text), message);
  assert.doesNotMatch(refusal("https://me:secret@acct.blob.core.windows.net/c"), /secret/);
});

test("no message and no endpoint shows a signature, not even of a SAS that is glued on", () => {
  const sas = "sv=2022-11-02&ss=b&srt=sco&sp=rwdl&se=2030-01-01&sig=SECRET%2Bsecret";
  for (const text of [
    `${host}/c${sas}`,
    `${host}/c/${sas}`,
    `${host}/c&${sas}`,
    `${host}/c/d/a.txt%3F${sas}`,
    `${host}/csig=SECRET&sv=2022-11-02`,
  ]) {
    assert.match(refusal(text), /put a "\?" between/);
    assert.doesNotMatch(refusal(text), /secret/i);
  }
  for (const text of [
    `${host}/c/%zz?${sas}`,
    `${host}/c/*.txt?${sas}`,
    `${host}/c/a?${sas}%zz`,
    `${host}/c#?${sas}`,
  ]) {
    assert.doesNotMatch(refusal(text), /secret/i);
  }
  const { endpoint } = parseBlobUrl(`${host}/c/d/a?${sas}`);
  assert.doesNotMatch(inspect(endpoint) + JSON.stringify(endpoint) + String(endpoint.sas), /secret/i);
  assert.equal(nameOfBlob(endpoint), `${host}/c/d/a`);
});

test("a local path is made absolute and cleaned, never decoded", () => {
  const rows: [platform: string, cwd: string, text: string, path: string][] = [
    ["linux", "/w", "d", "/w/d"],
    ["linux", "/w", "d/", "/w/d"],
    ["linux", "/w", "d/.", "/w/d"],
    ["linux", "/w", "./d//e/../f", "/w/d/f"],
    ["linux", "/w", ".", "/w"],
    ["linux", "/w/x", "..", "/w"],
    ["linux", "/w", "/", "/"],
    ["linux", "/w", "/a%20b+c#d?", "/a%20b+c#d?"],
    ["linux", "/w", "d/*", "/w/d/*"],
    ["linux", "/w", "C:\\x", "/w/C:\\x"],
    ["linux", "/w", " a", "/w/ a"],
    ["win32", "C:\\w", "d\\e", "C:\\w\\d\\e"],
    ["win32", "C:\\w", "d/e/", "C:\\w\\d\\e"],
    ["win32", "C:\\w", "D:\\", "D:\\"],
    ["win32", "C:\\w", "\\\\server\\share\\d", "\\\\server\\share\\d"],
  ];
  for (const [platform, cwd, text, path] of rows) {
    assert.deepEqual(parseLocal(text, { cwd, platform }), { kind: "local", path });
  }
  assert.throws(() => parseLocal("", { cwd: "/w", platform: "linux" }), { code: "InvalidArgument" });
});

test("a destination can be the platform's name for nowhere", () => {
  const kind = (text: string, platform: string): string =>
    parseLocalDestination(text, { cwd: platform === "win32" ? "C:\\" : "/", platform }).kind;
  assert.equal(kind("/dev/null", "linux"), "null");
  assert.equal(kind("/dev/null", "win32"), "local");
  assert.equal(kind("NUL", "win32"), "null");
  assert.equal(kind("NUL", "linux"), "local");
});
