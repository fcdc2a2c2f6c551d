import { strict as assert } from "node:assert";
import test from "node:test";
import type { SyncRequest } from "../commands/change-requests.ts";
import { FromToError } from "../commands/from-to.ts";
import { StorageError } from "../foundation/errors.ts";
import { parseCommandLine } from "./flags/parse.ts";
import { syncRequest } from "./sync-request.ts";

const container = "https://a.blob.core.windows.net/c?sig=s";

function asked(
  words: readonly string[],
  platform: NodeJS.Platform = "linux",
): ReturnType<typeof syncRequest> {
  const parsed = parseCommandLine(["sync", ...words]);
  assert(parsed.kind === "run" && parsed.command === "sync", words.join(" "));
  return syncRequest(parsed, platform);
}

function requestOf(...words: string[]): SyncRequest {
  const made = asked(words);
  assert("request" in made, JSON.stringify(made));
  return made.request;
}

test("a sync without flags goes into folders, keeps what is extra and compares by time and size", () => {
  assert.deepEqual(asked(["/data", container]), {
    request: {
      source: "/data",
      destination: container,
      recursive: true,
      fromTo: "",
      filter: { includePatterns: [], excludePatterns: [], excludePaths: [] },
      includePath: undefined,
      rules: {
        blockBytes: undefined,
        putBytes: undefined,
        putMd5: false,
        checkMd5: "FailIfDifferent",
        preserveModified: false,
        guessContentType: true,
        fixed: {},
      },
      compare: { mirror: false, byMd5: false },
      removal: { mode: "false", most: undefined, allowEmptySource: false },
      dryRun: false,
    },
    warnings: [],
  });
});

test("every flag arrives", () => {
  const words = [
    ..."--recursive=false --delete-destination=TRUE --mirror-mode --compare-hash md5 --dry-run".split(" "),
    ..."--block-size-mb=1 --put-blob-size-mb=2 --metadata=a=b --max-delete=5% --allow-empty-source".split(
      " ",
    ),
    ..."--include-pattern=*.jpg;*.png --exclude-pattern=x* --exclude-path=tmp/;old".split(" "),
  ];
  const request = requestOf("/data", container, ...words, "--include-path=./docs/;img//a.png");
  assert.equal(request.recursive, false);
  assert.deepEqual(request.removal, { mode: "true", most: { share: 0.05 }, allowEmptySource: true });
  assert.deepEqual(request.compare, { mirror: true, byMd5: true });
  assert.equal(request.rules.putMd5, true, "a comparison by MD5 needs one to compare with next time");
  assert.deepEqual(request.rules.fixed, { metadata: { a: "b" } });
  assert.deepEqual([request.rules.blockBytes, request.rules.putBytes], [1_048_576, 2_097_152]);
  assert.equal(request.dryRun, true);
  assert.deepEqual(request.includePath, ["docs", "img/a.png"]);
  assert.deepEqual(request.filter, {
    includePatterns: ["*.jpg", "*.png"],
    excludePatterns: ["x*"],
    excludePaths: ["tmp/", "old"],
  });
  const down = requestOf(container, "/data", "--preserve-last-modified-time", "--check-md5=nocheck");
  assert.equal(down.rules.preserveModified, true);
  assert.equal(down.rules.checkMd5, "NoCheck");
});

test("the root as a listed path means everything, a list of nothing is an error", () => {
  assert.equal(requestOf("/data", container, "--include-path=docs;.").includePath, undefined);
  assert.deepEqual(asked(["/data", container, "--include-path=;"]), {
    route: "C",
    message: "error parsing the input given by the user. Failed with error --include-path names no path",
  });
  assert.throws(() => asked(["/data", container, "--include-path=../x"]), StorageError);
});

test("on Windows a backslash in a path stands between folders", () => {
  const made = asked(["C:\\data", container, "--include-path=a\\b", "--exclude-path=c\\d"], "win32");
  assert("request" in made);
  assert.deepEqual(made.request.includePath, ["a/b"]);
  assert.deepEqual(made.request.filter.excludePaths, ["c/d"]);
});

test("wildcards where they mean nothing are warned of", () => {
  const made = asked(["/data", container, "--include-path=*.jpg", "--exclude-path=?"]);
  assert("request" in made);
  assert.deepEqual(
    made.warnings.map((warning) => warning.split(" ")[0]),
    ["--include-path", "--exclude-path"],
  );
});

test("pairs that are not for sync are refused as AzCopy refuses them", () => {
  const refused = (source: string, destination: string, pair: string) => ({
    route: "C",
    message:
      `Cannot perform sync due to error: source '${source}' / destination '${destination}' ` +
      `combination '${pair}' not supported for sync command `,
  });
  const bucket = "https://b.s3.amazonaws.com/x";
  assert.deepEqual(asked([bucket, container]), refused(bucket, container, "S3Blob"));
  assert.deepEqual(
    asked(["/data", container, "--from-to=blobtrash"]),
    refused("/data", container, "BlobTrash"),
  );
  assert.throws(() => asked(["/data", "/other"]), FromToError);
  assert.throws(() => asked(["/data", container, "--from-to=Nope"]), /invalid --from-to value/);
  assert.throws(() => asked([container, container]), /BlobBlob is known but not available/);
});
