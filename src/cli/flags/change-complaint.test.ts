import { strict as assert } from "node:assert";
import test from "node:test";
import { flagsOfCommands } from "./commands.ts";
import { parseCommandLine } from "./parse.ts";

function errorOf(line: string): string {
  const parsed = parseCommandLine(line.split(" "));
  assert(parsed.kind === "wrong", `${line} gave ${parsed.kind}`);
  return `${parsed.error.route} ${parsed.error.message}`;
}

const blob = "https://a.blob.core.windows.net/c/x";

test("every name of a command is that command", () => {
  const names = {
    sync: ["sync a b", "sc a b", "s a b"],
    remove: [`remove ${blob}`, `rm ${blob}`, `r ${blob}`],
    "set-properties": [`set-properties ${blob}`, `set-props ${blob}`, `sp ${blob}`, `setprops ${blob}`],
  };
  for (const [command, lines] of Object.entries(names)) {
    for (const line of lines) {
      const parsed = parseCommandLine(line.split(" "));
      assert(parsed.kind === "run" && parsed.command === command, line);
    }
  }
});

test("words that people type instead are named", () => {
  const meant = { delete: "remove", del: "remove", remov: "remove", syn: "sync", props: "set-properties" };
  for (const [word, command] of Object.entries(meant)) {
    const parsed = parseCommandLine([word, "x"]);
    assert(parsed.kind === "wrong");
    assert.match(parsed.error.message, new RegExp(`Did you mean this\\?\\n(\t.*\n)*\t${command}\n`), word);
  }
});

test("the wrong number of arguments is told in AzCopy's words", () => {
  const sync =
    "A 2 arguments source and destination are required for this command. Number of commands passed ";
  assert.equal(errorOf("sync"), `${sync}0`);
  assert.equal(errorOf("sync a"), `${sync}1`);
  assert.equal(errorOf("sync a b c"), `${sync}3`);
  assert.equal(errorOf("rm"), "A remove command only takes 1 arguments. Passed 0 arguments");
  assert.equal(errorOf("rm a b"), "A remove command only takes 1 arguments. Passed 2 arguments");
  assert.equal(errorOf("sp"), "A set-properties command only takes 1 argument (src). Passed 0 argument(s)");
  assert.equal(
    errorOf("rm a --recursive false"),
    "A remove command only takes 1 arguments. Passed 2 arguments",
  );
});

test("what holds no blobs, and a --from-to that removes or changes nothing, are no targets", () => {
  const source = (location: string): string =>
    `A invalid source type ${location} to delete. azcopy support removing blobs/files/adls gen2`;
  assert.equal(errorOf("rm /data"), source("Local"));
  assert.equal(errorOf("rm http://127.0.0.1:10000/a/c"), source("Unknown"));
  const end =
    "A invalid destination. please enter a valid destination, i.e. BlobTrash, FileTrash, BlobFSTrash";
  for (const fromTo of ["LocalBlob", "blobtrash", "BlobNone"]) {
    assert.equal(errorOf(`rm ${blob} --from-to ${fromTo}`), end, fromTo);
  }
  assert.equal(
    errorOf("sp s3://b/x"),
    "A invalid source type Local. azcopy supports set-properties of blobs/files/adls gen2",
  );
  assert.equal(
    errorOf(`sp ${blob} --from-to BlobTrash`),
    "A invalid destination. Please enter a valid destination, i.e. BlobNone, FileNone, BlobFSNone",
  );
});

test("values that are none of a type are told in the command's words", () => {
  const option = "C error parsing the input given by the user. Failed with error couldn't parse";
  const input = "C failed to parse user input due to error: couldn't parse";
  const cases: [string, string][] = [
    ["sync a b --delete-destination=x", `${option} "x" into a "DeleteDestination"`],
    ["sync a b --compare-hash=SHA1", `${option} "SHA1" into a "SyncHashType"`],
    ["sync a b --check-md5=", `${option} "" into a "HashValidationOption"`],
    ["sync a b --local-hash-storage-mode=x", `${option} "x" into a "HashStorageMode"`],
    ["sync a b --trailing-dot=x", `${option} "x" into a "TrailingDotOption"`],
    [`rm ${blob} --delete-snapshots=x`, `${input} "x" into a "DeleteSnapshotsOption"`],
    [`rm ${blob} --permanent-delete=x`, `${input} "x" into a "PermanentDeleteOption"`],
    [`sp ${blob} --block-blob-tier=x`, `${input} "x" into a "BlockBlobTier"`],
    [`sp ${blob} --page-blob-tier=x`, `${input} "x" into a "PageBlobTier"`],
    [`sp ${blob} --rehydrate-priority=x`, `${input} "x" into a "RehydratePriorityType"`],
  ];
  for (const [line, expected] of cases) assert.equal(errorOf(line), expected);
  const two = "sync a b --posix-properties-style=x --compare-hash=x --check-md5=x --delete-destination=x";
  assert.match(errorOf(two), /"DeleteDestination"$/, "AzCopy names this one of them");
});

test("what sync gave up is named, and what is not carried out yet is refused", () => {
  const gone =
    "C the include and exclude parameters have been replaced by include-pattern and exclude-pattern. " +
    "They work on filenames only (not paths)";
  assert.equal(errorOf("sync a b --include=x"), gone);
  assert.equal(errorOf("sync a b --exclude x"), gone);
  const later = "is known but not available in this version yet";
  assert.equal(errorOf("sync a b --include-regex=x"), `C --include-regex ${later}`);
  assert.equal(
    errorOf("sync a b --local-hash-storage-mode=hiddenfiles"),
    `C --local-hash-storage-mode=HiddenFiles ${later}`,
  );
  assert.equal(errorOf(`rm ${blob} --permanent-delete=versions`), `C --permanent-delete=Versions ${later}`);
  assert.equal(errorOf(`rm ${blob} --list-of-versions x`), `C --list-of-versions ${later}`);
  assert.equal(errorOf(`sp ${blob} --page-blob-tier=P10`), `C --page-blob-tier ${later}`);
});

test("what is refused or means nothing is accepted where it says the default", () => {
  const lines = { sync: ["sync", "a", "b"], remove: ["rm", blob], "set-properties": ["sp", blob] } as const;
  for (const [command, words] of Object.entries(lines)) {
    for (const flag of flagsOfCommands[command as keyof typeof lines]) {
      if (!("later" in flag) && !("hidden" in flag)) continue;
      const parsed = parseCommandLine([...words, `--${flag.name}=${flag.default}`]);
      assert.equal(parsed.kind, "run", `${command} --${flag.name}`);
    }
  }
});
