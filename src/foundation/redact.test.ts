import { strict as assert } from "node:assert";
import { test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { redact, withoutQuery } from "./redact.ts";

/** Of a signature no piece of this length may be left. */
const pieceLength = 12;

function assertGone(secret: string, shown: string): void {
  for (let at = 0; at + pieceLength <= secret.length; at++) {
    const piece = secret.slice(at, at + pieceLength);
    assert(!shown.includes(piece), `${JSON.stringify(piece)} of the signature is left in ${shown}`);
  }
}

/** A signature as services make them: base64 of 32 bytes. */
const signature = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => Buffer.from(bytes).toString("base64"));

const sasName = fc.constantFrom("sig", "SIG", "Sig", "sIg");
const surrounding = fc.string({ unit: "grapheme", maxLength: 30 });
const encoded = (text: string, times: number): string =>
  times === 0 ? text : encoded(encodeURIComponent(text), times - 1);

interface Sas {
  readonly name: string;
  readonly signature: string;
  readonly before: boolean;
  readonly after: boolean;
}

const sas: fc.Arbitrary<Sas> = fc.record({
  name: sasName,
  signature,
  before: fc.boolean(),
  after: fc.boolean(),
});

/** The query as it is on the wire, where the value is percent-encoded once. */
function queryOf({ name, signature, before, after }: Sas): string {
  const first = before ? "sv=2024-11-04&se=2030-01-01T00%3A00%3A00Z&" : "";
  return `${first}${name}=${encodeURIComponent(signature)}${after ? "&sp=rwdl&sr=c" : ""}`;
}

/** Texts that a signature reaches, by what they hold it in. */
const places: Readonly<Record<string, (sas: Sas) => string>> = {
  "a URL": (one) => `https://a.blob.core.windows.net/c/b?${queryOf(one)}`,
  "a query alone": (one) => `?${queryOf(one)}`,
  "a query whose value is not encoded": (one) => `?sv=1&${one.name}=${one.signature}`,
  "a URL in a URL": (one) => encoded(`https://a.blob.core.windows.net/c?${queryOf(one)}`, 1),
  "a URL in a URL in a URL": (one) => encoded(`https://a.blob.core.windows.net/c?${queryOf(one)}`, 2),
  "encoded in lower case": (one) =>
    `https%3a%2f%2fa%2fc%3fsv%3d1%26${one.name}%3d${encodeURIComponent(one.signature).toLowerCase()}`,
  "a header dump": (one) => `x-ms-copy-source: [https://a/c?${queryOf(one)}]\r\nx-ms-version: [2024-11-04]`,
  "a header of that name": (one) => `${one.name}: ${one.signature}\r\nnext: 1`,
  JSON: (one) => JSON.stringify({ url: `https://a/c?${queryOf(one)}`, next: 1 }),
  "JSON in JSON": (one) => JSON.stringify({ line: JSON.stringify({ url: `https://a/c?${queryOf(one)}` }) }),
  "JSON as Go writes it": (one) =>
    JSON.stringify({ url: `https://a/c?${queryOf(one)}` }).replaceAll("&", "\\u0026"),
  "a JSON value of its own": (one) => JSON.stringify({ [one.name]: one.signature, next: 1 }, undefined, 1),
  "a JSON value in JSON": (one) => JSON.stringify(JSON.stringify({ [one.name]: one.signature })),
  XML: (one) => `<Url>https://a/c?${queryOf(one).replaceAll("&", "&amp;")}</Url>`,
  "a dump of a URL": (one) => inspect(new URL(`https://a/c?${queryOf(one)}`)),
  "a dump of parameters": (one) => inspect(new URLSearchParams(queryOf(one))),
  "a dump of an object": (one) => inspect({ [one.name]: one.signature }),
  "a dump of a pair": (one) => inspect([[one.name, one.signature]]),
  "a command line": (one) => `copy "./a b" "https://a/c?${queryOf(one)}" --recursive`,
  "a command line in single quotes": (one) => `copy 'https://a/c?${queryOf(one)}' .`,
  "a name that it was glued to": (one) => `https://a/container${one.name}=${one.signature}&sv=1`,
};

test("a SAS signature survives in no text around it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ place: fc.constantFrom(...Object.keys(places)), sas }), {
        minLength: 1,
        maxLength: 3,
      }),
      fc.array(surrounding, { minLength: 4, maxLength: 4 }),
      fc.constantFrom("", "\n", "\r\n", " "),
      (secrets, around, separator) => {
        const texts = secrets.map((one) => places[one.place]?.(one.sas) ?? "");
        const text = around
          .map((ordinary, n) => `${ordinary}${separator}${texts[n] ?? ""}${separator}`)
          .join("");
        const shown = redact(text);
        for (const { sas } of secrets) {
          assertGone(sas.signature, shown);
          for (const times of [1, 2, 3]) assertGone(encoded(sas.signature, times), shown);
          assertGone(encodeURIComponent(sas.signature).toLowerCase(), shown);
        }
      },
    ),
    { numRuns: 1_500 },
  );
});

test("each place of a signature is redacted, and the rest of it stays", () => {
  const [one] = fc.sample(sas, { numRuns: 1, seed: 7 });
  assert(one !== undefined);
  for (const [name, place] of Object.entries(places)) {
    const text = place({ ...one, before: true, after: true });
    const shown = redact(text);
    assertGone(one.signature, shown);
    assert.notEqual(shown, text, name);
    assert(shown.includes("-REDACTED-"), `${name}: ${shown}`);
    assert.equal(redact(shown), shown, `${name}: doing it again changes nothing`);
  }
  assert.equal(
    redact("https://a/c?sv=1&sig=ab%2Bc%3D&se=2030 and ?SIG=x\n"),
    "https://a/c?sv=1&sig=-REDACTED-&se=2030 and ?SIG=-REDACTED-\n",
  );
});

test("the credentials of other services and headers go as well", () => {
  const texts = [
    "Authorization: Bearer hush.hush-hush_hush",
    "authorization: [SharedKey account:hush/hush+hush=]",
    "Authorization: SharedKeyLite account:hush=",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=hush+hush/hush==;EndpointSuffix=core",
    "SharedAccessSignature=hush;BlobEndpoint=https://a",
    "X-Amz-Credential=hush%2F20260101&X-Amz-Signature=hush&X-Amz-Security-Token=hush",
    "X-Goog-Signature=hush&X-Goog-Credential=hush",
    '{"access_token":"hush","refresh_token": "hush", "expires_in": 1}',
    "client_secret=hush&grant_type=client_credentials",
    "x-amz-security-token: hushhushhushhushhush",
  ];
  for (const text of texts) {
    const shown = redact(text);
    assert(!shown.includes("hush"), shown);
    assert(shown.includes("-REDACTED-"), shown);
  }
  assert.equal(
    redact("AccountName=a;AccountKey=hush==;EndpointSuffix=core"),
    "AccountName=a;AccountKey=-REDACTED-;EndpointSuffix=core",
    "what stands behind a secret is still told",
  );
});

test("ordinary text stays as it is", () => {
  const sentences = [
    "",
    "design=blue&sign=plus&assignee=me&sigma=3",
    "the signature is missing; signature: none",
    "Unexpected token '<', \"<html>\" is not valid JSON",
    "bad token: the server said no",
    "sv=2024-11-04&se=2030-01-01T00%3A00%3A00Z&sp=rl&sr=c",
    "https://a.blob.core.windows.net/c/folder/token/sig/b.txt",
    "sig= and sig",
    "bearers and SharedKeys",
    '{"signed":"yes","tokens":3}',
  ];
  for (const sentence of sentences) assert.equal(redact(sentence), sentence);
  const suspicious = /(sig|signature|token|credential|accountkey|client_secret|bearer|sharedkey)/i;
  const text = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 200 }),
    fc.webUrl({ withQueryParameters: true }),
  );
  fc.assert(
    fc.property(text, (ordinary) => {
      fc.pre(!suspicious.test(ordinary));
      assert.equal(redact(ordinary), ordinary);
    }),
    { numRuns: 1_000 },
  );
});

test("long text without secrets is looked through in no time", () => {
  const hostile = ["sig", '"', "\\", " ", "sig:", "sig%25", "Bearer "].map((piece) =>
    piece.repeat(200_000 / piece.length),
  );
  for (const text of hostile) assert.equal(redact(text).includes("REDACTED"), text.startsWith("Bearer"));
});

test("withoutQuery() cuts at the first question mark", () => {
  assert.equal(withoutQuery("https://a/c/b?sig=x?y"), "https://a/c/b");
  assert.equal(withoutQuery("https://a/c/b"), "https://a/c/b");
});
