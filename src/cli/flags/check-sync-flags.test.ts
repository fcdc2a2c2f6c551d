import { strict as assert } from "node:assert";
import test from "node:test";
import { checkSyncFlags } from "./check-sync-flags.ts";
import { parseCommandLine } from "./parse.ts";

type Direction = "LocalBlob" | "BlobLocal";

function check(direction: Direction, flags: string): ReturnType<typeof checkSyncFlags> {
  const parsed = parseCommandLine(["sync", "a", "b", ...flags.split(" ").filter((flag) => flag !== "")]);
  assert(parsed.kind === "run" && parsed.command === "sync", flags);
  return checkSyncFlags({ ...parsed, direction });
}

function problem(direction: Direction, flags: string): string {
  const checked = check(direction, flags);
  assert("message" in checked, `${flags} is accepted`);
  assert.equal(checked.route, "C");
  return checked.message;
}

test("sizes, metadata and the limit of removals come out as they are meant", () => {
  const none = {
    blockBytes: undefined,
    putBlobBytes: undefined,
    metadata: undefined,
    removalsMost: undefined,
  };
  assert.deepEqual(check("BlobLocal", ""), none);
  assert.deepEqual(check("LocalBlob", "--block-size-mb=0.5 --put-blob-size-mb 1 --metadata=a=b"), {
    ...none,
    blockBytes: 524_288,
    putBlobBytes: 1_048_576,
    metadata: { a: "b" },
  });
  const limits: [string, object][] = [
    ["0", { count: 0 }],
    ["1000", { count: 1_000 }],
    ["0%", { share: 0 }],
    ["12.5%", { share: 0.125 }],
    ["100%", { share: 1 }],
  ];
  for (const [text, removalsMost] of limits) {
    assert.deepEqual(check("BlobLocal", `--max-delete=${text}`), { ...none, removalsMost }, text);
  }
});

test("a limit that is none stops the sync: it would otherwise remove without one", () => {
  for (const text of ["-1", "ten", "101%", "1.5", "%", "10 %", "1e3", "NaN%"]) {
    assert.equal(
      problem("LocalBlob", `--max-delete=${text}`.replace(" ", "\u00a0")),
      "error parsing the input given by the user. Failed with error --max-delete takes a number of objects (1000) " +
        `or a share of those at the destination (10%), from 0% to 100%: ${JSON.stringify(text.replace(" ", "\u00a0"))} is neither`,
    );
  }
});

test("what does not fit is refused in AzCopy's words", () => {
  const cannot = "Cannot perform sync due to error: ";
  const option = "error parsing the input given by the user. Failed with error ";
  const cases: [Direction, string, string][] = [
    ["LocalBlob", "--block-size-mb=-1", `${cannot}negative block size not allowed`],
    ["BlobLocal", "--put-blob-size-mb=-1", `${cannot}negative block size not allowed`],
    [
      "LocalBlob",
      "--delete-destination=prompt --output-level=essential",
      `${cannot}cannot set output level 'Essential' with delete-destination option 'Prompt'`,
    ],
    [
      "LocalBlob",
      "--dry-run --output-level=quiet",
      `${cannot}cannot set output level 'Quiet' with dry-run mode`,
    ],
    [
      "LocalBlob",
      "--follow-symlinks",
      `${cannot}the '--follow-symlinks' flag is not applicable for sync operations`,
    ],
    [
      "BlobLocal",
      "--preserve-symlinks",
      `${cannot}the '--preserve-symlinks' flag is not applicable for sync operations`,
    ],
    [
      "LocalBlob",
      "--preserve-symlinks --follow-symlinks",
      `${option}cannot both follow and preserve symlinks (--preserve-symlinks and --follow-symlinks contradict)`,
    ],
    ["LocalBlob", "--check-md5=NoCheck", `${cannot}check-md5 is set but the job is not a download`],
    [
      "LocalBlob",
      "--preserve-last-modified-time",
      `${cannot}preserve-last-modified-time is not supported while uploading to Blob Storage`,
    ],
    ["BlobLocal", "--metadata=a=b", `${cannot}metadata is not supported while downloading`],
    [
      "LocalBlob",
      "--metadata=a!=b",
      `${cannot}invalid metadata key value 'a!': can't have spaces or special characters`,
    ],
    [
      "LocalBlob",
      "--metadata=a;b",
      `${option}invalid metadata format. Please refer to the help document for correct format`,
    ],
  ];
  for (const [direction, flags, expected] of cases) assert.equal(problem(direction, flags), expected, flags);
});

test("of several faults the one is told that AzCopy tells", () => {
  const faults = [
    ["--delete-destination=prompt --output-level=essential", /delete-destination option/],
    ["--dry-run --output-level=essential", /dry-run mode/],
    ["--block-size-mb=-1", /negative/],
    ["--put-blob-size-mb=1e-7", /fractional/],
    ["--preserve-symlinks", /preserve-symlinks/],
    ["--check-md5=NoCheck", /check-md5/],
  ] as const;
  for (const [i, [, first]] of faults.entries()) {
    const flags = faults.slice(i).map(([flag]) => flag);
    assert.match(problem("LocalBlob", flags.reverse().join(" ")), first);
  }
});
