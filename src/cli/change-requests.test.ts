import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import type { RemoveRequest, SetPropertiesRequest } from "../commands/change-requests.ts";
import { type Invocation, parseCommandLine } from "./flags/parse.ts";
import { removeRequest } from "./remove-request.ts";
import { setPropertiesRequest } from "./set-properties-request.ts";

const blob = "https://a.blob.core.windows.net/c/x?sig=s";
const input = "failed to parse user input due to error: ";
const folder = mkdtempSync(join(tmpdir(), "azcopy-changes-"));
after(() => rmSync(folder, { recursive: true }));

function listed(content: string): string {
  const file = join(folder, "list");
  writeFileSync(file, content);
  return `--list-of-files=${file}`;
}

function parsedAs<Command extends "remove" | "set-properties">(
  command: Command,
  words: readonly string[],
): Extract<Invocation, { command: Command }> {
  const parsed = parseCommandLine([command, ...words]);
  assert(parsed.kind === "run" && parsed.command === command, words.join(" "));
  return parsed as Extract<Invocation, { command: Command }>;
}

const removal = (...words: string[]) => removeRequest(parsedAs("remove", words), "linux");
const change = (...words: string[]) => setPropertiesRequest(parsedAs("set-properties", words), "linux");

function removing(...words: string[]): RemoveRequest {
  const made = removal(...words);
  assert("request" in made, JSON.stringify(made));
  return made.request;
}

function changing(...words: string[]): SetPropertiesRequest["change"] {
  const made = change(...words);
  assert("request" in made, JSON.stringify(made));
  return made.request.change;
}

const messageOf = (made: ReturnType<typeof removal> | ReturnType<typeof change>): string => {
  assert("message" in made, JSON.stringify(made));
  return made.message;
};

test("a removal without flags takes one blob or one level, and leaves blobs that have snapshots", () => {
  assert.deepEqual(removing(blob), {
    target: blob,
    fromTo: "BlobTrash",
    recursive: false,
    filter: { includePatterns: [], excludePatterns: [], excludePaths: [] },
    includePath: undefined,
    dryRun: false,
    snapshots: "refuse",
  });
  for (const [flag, meant] of [
    ["none", "refuse"],
    ["INCLUDE", "include"],
    ["only", "only"],
  ] as const) {
    assert.equal(removing(blob, `--delete-snapshots=${flag}`).snapshots, meant);
  }
});

test("paths come from the flag or from a file, and a list of nothing never means everything", () => {
  assert.deepEqual(removing(blob, "--include-path=a;b/c").includePath, ["a", "b/c"]);
  assert.deepEqual(removing(blob, listed("a\nb c\n")).includePath, ["a", "b c"]);
  assert.deepEqual(removing(blob, listed("")).includePath, []);
  assert.deepEqual(removing(blob, "--include-path=;").includePath, []);
  assert.equal(
    messageOf(removal(blob, "--include-path=a", listed("b"))),
    `${input}cannot combine list of files and include path`,
  );
  assert.equal(
    messageOf(removal(blob, "--list-of-files=/no/such")),
    `${input}cannot open /no/such file passed with the list-of-file flag`,
  );
});

test("on Windows a backslash in a path stands between folders", () => {
  const made = removeRequest(parsedAs("remove", [blob, "--include-path=a\\b"]), "win32");
  assert("request" in made);
  assert.deepEqual(made.request.includePath, ["a/b"]);
});

test("a dry run needs its output", () => {
  const level = `${input}cannot set output level 'Essential' with dry-run mode`;
  assert.equal(messageOf(removal(blob, "--dry-run", "--output-level=essential")), level);
  assert.equal(messageOf(change(blob, "--dry-run", "--output-level=essential")), level);
});

test("wildcards where they mean nothing are warned of", () => {
  const made = removal(blob, listed("a*"), "--exclude-path=?");
  assert("request" in made);
  assert.deepEqual(
    made.warnings.map((warning) => warning.split(" ")[0]),
    ["--list-of-files", "--exclude-path"],
  );
});

test("other services are known and refused, other names are none", () => {
  assert.throws(() => removal("https://a.file.core.windows.net/s/x"), /FileTrash is known but not available/);
  assert.throws(() => removal(blob, "--from-to=FileSMBTrash"), /FileTrash is known but not available/);
  assert.throws(() => change(blob, "--from-to=BlobFSNone"), /BlobFSNone is known but not available/);
  assert.throws(() => removal(blob, "--from-to=MyTrash"), {
    message: `${input}invalid --from-to value specified: "MyTrash". Valid values are BlobTrash, FileTrash, BlobFSTrash`,
  });
  assert.equal(removing("http://127.0.0.1:1/a/c", "--from-to=blobTrash").fromTo, "BlobTrash");
});

test("only what is named is changed", () => {
  assert.deepEqual(changing(blob), {});
  assert.deepEqual(changing(blob, "--block-blob-tier=cool"), { tier: "Cool" });
  assert.deepEqual(changing(blob, "--rehydrate-priority=high"), {});
  const hot = ["--block-blob-tier=hot", "--rehydrate-priority"] as const;
  assert.deepEqual(changing(blob, ...hot, "high"), { tier: "Hot", rehydratePriority: "High" });
  assert.deepEqual(changing(blob, ...hot, "none"), { tier: "Hot" });
  assert.deepEqual(changing(blob, "--metadata=a=b;c=d", "--blob-tags=e=f%20g"), {
    metadata: { a: "b", c: "d" },
    tags: { e: "f g" },
  });
});

test("clear takes everything away, and says so", () => {
  const made = change(blob, "--metadata=CLEAR", "--blob-tags=clear");
  assert("request" in made);
  assert.deepEqual(made.request.change, { metadata: {}, tags: {} });
  assert.deepEqual(made.warnings, [
    "*** WARNING *** Metadata will be cleared because of input --metadata=clear ",
    "*** WARNING *** BlobTags will be cleared because of input --blob-tags=clear ",
  ]);
});

test("of several faults of a change the one is told that AzCopy tells", () => {
  const faults: [string[], string][] = [
    [["--include-path=a", "--list-of-files=/no"], "cannot combine list of files and include path"],
    [["--metadata=a!=b"], "invalid metadata key value 'a!': can't have spaces or special characters"],
    [["--blob-tags=a*=b"], "incorrect character set used in key: a*"],
    [["--dry-run", "--output-level=quiet"], "cannot set output level 'Quiet' with dry-run mode"],
    [["--list-of-files=/no"], "cannot open /no file passed with the list-of-file flag"],
    [["--block-blob-tier=archive", "--metadata=a=b"], "metadata can't be set if blob is set to be archived"],
  ];
  for (const [i, [, first]] of faults.entries()) {
    const words = faults.slice(i).flatMap(([flags]) => flags);
    // The last of a repeated flag counts: what is good must not hide what is wrong.
    assert.equal(messageOf(change(blob, ...words.reverse())), `${input}${first}`);
  }
  assert.match(messageOf(change(blob, "--metadata=a;b")), /metadata names must conform to C# naming rules/);
});
