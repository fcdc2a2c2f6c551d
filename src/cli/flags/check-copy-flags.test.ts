import { strict as assert } from "node:assert";
import test from "node:test";
import { checkCopyFlags } from "./check-copy-flags.ts";
import { parseCommandLine } from "./parse.ts";

function check(direction: "LocalBlob" | "BlobLocal", ...flags: string[]): ReturnType<typeof checkCopyFlags> {
  const parsed = parseCommandLine(["copy", "a", "b", ...flags]);
  assert(parsed.kind === "run" && parsed.command === "copy", flags.join(" "));
  return checkCopyFlags({ ...parsed, direction });
}

const problem = (direction: "LocalBlob" | "BlobLocal", ...flags: string[]): string => {
  const checked = check(direction, ...flags);
  assert("message" in checked, `${flags.join(" ")} is accepted`);
  assert.equal(checked.route, "C");
  return checked.message;
};

test("sizes come out as bytes, and 0 as no wish", () => {
  assert.deepEqual(check("LocalBlob", "--block-size-mb=0.25", "--put-blob-size-mb", "100"), {
    blockBytes: 262_144,
    putBlobBytes: 104_857_600,
    metadata: undefined,
  });
  const none = { blockBytes: undefined, putBlobBytes: undefined, metadata: undefined };
  assert.deepEqual(check("BlobLocal"), none);
  assert.deepEqual(check("LocalBlob", "--metadata=a=b", "--block-size-mb=0"), {
    ...none,
    metadata: { a: "b" },
  });
  assert.deepEqual(check("LocalBlob", "--metadata=clear"), none);
});

test("what does not fit is refused in AzCopy's words", () => {
  const cannot = "Cannot perform copy due to error: ";
  const down = " is not supported while downloading";
  const content =
    "content-type, content-encoding, content-language, content-disposition, cache-control, or metadata";
  const fraction =
    "while fractional numbers of MiB are allowed as the block size, the fraction must result to a whole number of bytes. ";
  const cases: ["LocalBlob" | "BlobLocal", string, string][] = [
    ["LocalBlob", "--block-size-mb=-1", "negative block size not allowed"],
    ["LocalBlob", "--put-blob-size-mb=-1", "negative block size not allowed"],
    ["BlobLocal", "--block-size-mb=1e-7", `${fraction}0.000000100000 MiB resolves to 0.105 bytes`],
    ["LocalBlob", "--put-blob-size-mb=NaN", `${fraction}NaN MiB resolves to NaN bytes`],
    ["LocalBlob", "--block-size-mb=Inf", "block size too big for int64"],
    [
      "LocalBlob",
      "--overwrite=prompt --output-level=essential",
      "cannot set output level 'Essential' with overwrite option 'prompt'",
    ],
    ["LocalBlob", "--dry-run --output-level=quiet", "cannot set output level 'Quiet' with dry-run mode"],
    [
      "LocalBlob",
      "--preserve-last-modified-time",
      "preserve-last-modified-time is not supported while uploading to Blob Storage",
    ],
    ["LocalBlob", "--check-md5=NoCheck", "check-md5 is set but the job is not a download"],
    [
      "LocalBlob",
      "--s2s-preserve-properties=true",
      "s2s-preserve-properties is not supported while uploading",
    ],
    ["LocalBlob", "--s2s-preserve-access-tier", "s2s-preserve-access-tier is not supported while uploading"],
    [
      "LocalBlob",
      "--metadata=a!=c",
      "invalid metadata key value 'a!': can't have spaces or special characters",
    ],
    ["BlobLocal", "--s2s-preserve-access-tier", `s2s-preserve-access-tier${down}`],
    ["BlobLocal", "--block-blob-tier=Hot", `blob-tier${down}`],
    ["BlobLocal", "--no-guess-mime-type", `no-guess-mime-type${down}`],
    ["BlobLocal", "--content-type=x", `no-guess-mime-type${down}`],
    ["BlobLocal", "--cache-control=x", `${content}${down}`],
    ["BlobLocal", "--content-disposition=x", `${content}${down}`],
    ["BlobLocal", "--content-encoding=x", `${content}${down}`],
    ["BlobLocal", "--content-language=x", `${content}${down}`],
    ["BlobLocal", "--metadata=a=b", `${content}${down}`],
  ];
  for (const [direction, flags, expected] of cases) {
    assert.equal(problem(direction, ...flags.split(" ")), `${cannot}${expected}`, flags);
  }
  assert.equal(
    problem("LocalBlob", "--metadata=a;b"),
    "error parsing the input given by the user. Failed with error invalid metadata format. " +
      "Please refer to the help document for correct format",
  );
});

test("flags without a meaning between disk and blobs are accepted", () => {
  for (const direction of ["LocalBlob", "BlobLocal"] as const) {
    const flags = [
      "--s2s-preserve-access-tier=false",
      "--s2s-preserve-properties=false",
      "--preserve-owner=false",
    ];
    assert(!("message" in check(direction, ...flags, "--check-length=false", "--blob-type=BlockBlob")));
  }
  assert(!("message" in check("BlobLocal", "--put-md5", "--preserve-last-modified-time")));
});
