import { strict as assert } from "node:assert";
import { test } from "node:test";
import { sniffContentType } from "./content-sniff.ts";

const zeros = (count: number): string => "\0".repeat(count);

/** Content as Latin-1 text, and the type that Go's http.DetectContentType gives it. */
const table: readonly (readonly [content: string, type: string])[] = [
  ["", "text/plain"],
  ["Some text\n", "text/plain"],
  ['{"json": true}', "text/plain"],
  ["umlauts in Latin-1: \xe4\xf6", "text/plain"],
  ["\x1b[31mcolours\x1b[0m", "text/plain"],
  ["tab\tnewline\nfeed\freturn\r", "text/plain"],
  ["\x01\x02\x03", "application/octet-stream"],
  ["text and then \x00", "application/octet-stream"],
  ["text and then \x0b", "application/octet-stream"],
  ["<html>", "text/html"],
  ["\n\t <HTML >", "text/html"],
  ["<!DocType Html>", "text/html"],
  ["<!-- comment", "text/html"],
  ["<p>", "text/html"],
  ["<a href=", "text/html"],
  ["<htmlx>", "text/plain"],
  ["<p", "text/plain"],
  ["<?xml version", "text/xml"],
  ["  <?xml", "text/xml"],
  ["<axml", "text/plain"],
  ["%PDF-1.7", "application/pdf"],
  [" %PDF-1.7", "text/plain"],
  ["%!PS-Adobe-3.0", "application/postscript"],
  ["\xfe\xff\x00a", "text/plain"],
  ["\xff\xfea\x00", "text/plain"],
  ["\xef\xbb\xbf\x00", "text/plain"],
  ["\x00\x00\x01\x00", "image/x-icon"],
  ["\x00\x00\x02\x00", "image/x-icon"],
  ["BM\x00\x00", "image/bmp"],
  ["GIF87a", "image/gif"],
  ["GIF89a", "image/gif"],
  ["RIFF1234WEBPVP8 ", "image/webp"],
  ["\x89PNG\r\n\x1a\n", "image/png"],
  ["\xff\xd8\xff\xe0", "image/jpeg"],
  ["FORM1234AIFF", "audio/aiff"],
  ["ID3\x03", "audio/mpeg"],
  ["OggS\x00", "application/ogg"],
  ["MThd\x00\x00\x00\x06", "audio/midi"],
  ["RIFF1234AVI ", "video/avi"],
  ["RIFF1234WAVE", "audio/wave"],
  ["\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "video/mp4"],
  ["\x00\x00\x00\x18ftypisom\x00\x00\x00\x00mp42isom", "video/mp4"],
  ["\x00\x00\x00\x14ftypqt  mp42qt  ", "application/octet-stream"],
  ["\x00\x00\x00\xffftypmp42", "application/octet-stream"],
  ["\x1a\x45\xdf\xa3", "video/webm"],
  [`${"x".repeat(34)}LP`, "application/vnd.ms-fontobject"],
  ["\x00\x01\x00\x00", "font/ttf"],
  ["OTTO", "font/otf"],
  ["ttcf", "font/collection"],
  ["wOFF", "font/woff"],
  ["wOF2", "font/woff2"],
  ["\x1f\x8b\x08", "application/x-gzip"],
  ["PK\x03\x04", "application/zip"],
  ["Rar!\x1a\x07\x00", "application/x-rar-compressed"],
  ["Rar!\x1a\x07\x01\x00", "application/x-rar-compressed"],
  ["\x00asm", "application/wasm"],
  [`${"x".repeat(512)}\x00`, "text/plain"],
  [`${"x".repeat(511)}\x00`, "application/octet-stream"],
  [zeros(512), "application/octet-stream"],
];

test("the content's beginning tells its type as Go does", () => {
  for (const [content, type] of table) {
    const bytes = Buffer.from(content, "latin1");
    assert.equal(sniffContentType(bytes), type, JSON.stringify(content.slice(0, 40)));
    // A view into a larger buffer, as the engine's are.
    const padded = Buffer.concat([Buffer.from("<html>"), bytes, Buffer.from([0])]);
    assert.equal(sniffContentType(new Uint8Array(padded.buffer, padded.byteOffset + 6, bytes.length)), type);
  }
});
