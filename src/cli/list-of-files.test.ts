import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { readListOfFiles } from "./list-of-files.ts";

const folder = mkdtempSync(join(tmpdir(), "azcopy-list-"));
after(() => rmSync(folder, { recursive: true }));

function read(content: string | Buffer): ReturnType<typeof readListOfFiles> {
  const file = join(folder, "list");
  writeFileSync(file, content);
  return readListOfFiles(file, "error: ");
}

test("lines are taken as they are, without marks of order and empty lines", () => {
  assert.deepEqual(read("\ufeffa\r\n\n b \nc d/\u00e9\n\r\n*%20"), { paths: ["a", " b ", "c d/é", "*%20"] });
  assert.deepEqual(read(""), { paths: [] });
  assert.deepEqual(read("\n\n"), { paths: [] });
});

test("the old JSON format and other encodings are refused", () => {
  const old = "The format for list-of-files has changed. The old JSON format is no longer supported";
  assert.deepEqual(read('{ "Files" : [\n"a"]}'), { problem: old });
  assert.deepEqual(read('{"Files":["a"]}'), { problem: old });
  const file = join(folder, "list");
  assert.deepEqual(read(Buffer.from("\ufeffa\nb", "utf16le")), {
    problem: `error: the list of files ${file} is not in UTF-8: save it as UTF-8`,
  });
});

test("a file that cannot be opened, or is too large for memory, is an error", () => {
  const missing = join(folder, "missing");
  assert.deepEqual(readListOfFiles(missing, "error: "), {
    problem: `error: cannot open ${missing} file passed with the list-of-file flag`,
  });
  const none = readListOfFiles(folder, "error: ");
  assert("problem" in none);
  assert.match(none.problem, /^error: cannot open .* file passed with the list-of-file flag: EISDIR/);
  const large = join(folder, "large");
  writeFileSync(large, "");
  truncateSync(large, 257 * 1024 * 1024);
  assert.deepEqual(readListOfFiles(large, "error: "), {
    problem: `error: the list of files ${large} is larger than 256 MiB: cut it into several`,
  });
});
