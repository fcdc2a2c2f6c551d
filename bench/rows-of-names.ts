import { readFileSync } from "node:fs";
import type { Fixtures } from "./fixtures.ts";
import type { Row, Scene } from "./rows.ts";

/** Runs of rows that take AzCopy minutes. */
const slowRunsMax = 1;
const nothing = (): undefined => undefined;

/** Lists a container of very many blobs. */
export function listMany(name: string, ipStyle: boolean): Row {
  return {
    name,
    title: (fixtures) => `list ${titleOf(fixtures, ipStyle)}`,
    words: (scene) => ["list", address(scene, ipStyle), "--location=Blob"],
    files: nothing,
    complaint: nothing,
    missing: nothing,
    wrong: ({ output, fixtures }) => {
      const lines = countLines(readFileSync(output));
      return lines === fixtures.many.count ? undefined : `${lines} lines, not ${fixtures.many.count}`;
    },
    tls: false,
    runsMin: 1,
    runsMax: slowRunsMax,
    printsMuch: true,
    proxied: !ipStyle,
  };
}

/** Compares such a container with a local tree that is in step with it: there is nothing to do. */
export function syncMany(name: string, ipStyle: boolean): Row {
  return {
    name,
    title: (fixtures) => `sync ${titleOf(fixtures, ipStyle)}, down, nothing to do`,
    words: (scene) => [
      "sync",
      address(scene, ipStyle),
      scene.fixtures.many.localFolder,
      "--from-to=BlobLocal",
    ],
    files: nothing,
    complaint: inSync,
    missing: (_scene, log) => {
      const other = log.find(({ uri }) => !/[?&]comp=list(&|$)/.test(uri));
      return other === undefined ? undefined : `more than lists was asked for: ${other.method} ${other.uri}`;
    },
    wrong: nothing,
    tls: false,
    runsMin: 1,
    runsMax: slowRunsMax,
    proxied: !ipStyle,
  };
}

const address = ({ fixtures, url, namedUrl }: Scene, ipStyle: boolean): string =>
  ipStyle ? url("http", fixtures.many.container) : namedUrl(fixtures.many.container);

function titleOf({ sizes }: Fixtures, ipStyle: boolean): string {
  return `${sizes.names.toLocaleString("en")} blobs${ipStyle ? ", by IP address" : ""}`;
}

/** Each says how many files it saw on both sides. */
function inSync(stdout: string, { many }: Fixtures): string | undefined {
  const seen = (side: string): string | undefined =>
    new RegExp(`^Files Scanned at ${side}: (\\d+)`, "m").exec(stdout)?.[1] ??
    [...stdout.matchAll(new RegExp(`(\\d+) Files Scanned at ${side}`, "g"))].at(-1)?.[1];
  for (const side of ["Source", "Destination"]) {
    if (seen(side) !== String(many.count)) return `${seen(side) ?? "no"} files seen at the ${side}`;
  }
  return undefined;
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (
    let at = bytes.indexOf("; Content Length: ");
    at >= 0;
    at = bytes.indexOf("; Content Length: ", at + 1)
  )
    count++;
  return count;
}
