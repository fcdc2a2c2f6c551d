import { strict as assert } from "node:assert";
import { test } from "node:test";
import { ContentTypeGuess } from "./content-type.ts";

test("the type follows from the extension: AzCopy's table, then a broad one", async () => {
  const guess = new ContentTypeGuess(undefined);
  for (const [path, type] of [
    ["index.html", "text/html"],
    ["a/b.HTML", "text/html"],
    ["page.htm", "text/html"],
    ["app.js", "application/javascript"],
    ["app.mjs", "application/javascript"],
    ["data.xml", "text/xml"],
    ["picture.jpeg", "image/jpeg"],
    ["drawing.svg", "image/svg+xml"],
    ["data.json", "application/json"],
    ["notes.md", "text/markdown"],
    ["table.csv", "text/csv"],
    ["film.mp4", "video/mp4"],
    ["song.mp3", "audio/mpeg"],
    ["archive.tar.gz", "application/gzip"],
    ["archive.zip", "application/zip"],
    ["letter.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
    ["clip.3gpp", "video/3gpp"],
    ["plain.txt", "text/plain"],
  ] as const) {
    assert.equal(await guess.typeOf(path), type, path);
  }
});

test("an extension that says nothing leaves it to the content", async () => {
  const guess = new ContentTypeGuess(undefined);
  for (const path of [
    "",
    "README",
    "a.b/README",
    "a.txt\\README",
    "dot.",
    "x.bin",
    "x.dll",
    "x.iso",
    "x.parquet",
    "x.jsonl",
  ]) {
    assert.equal(await guess.typeOf(path), undefined, path);
  }
});

test("the user's table comes first", async () => {
  const guess = new ContentTypeGuess(
    new Map([
      [".html", "application/x-own"],
      [".parquet", "application/vnd.apache.parquet"],
    ]),
  );
  assert.equal(await guess.typeOf("a.HTML"), "application/x-own");
  assert.equal(await guess.typeOf("a.parquet"), "application/vnd.apache.parquet");
  assert.equal(await guess.typeOf("a.css"), "text/css");
});
