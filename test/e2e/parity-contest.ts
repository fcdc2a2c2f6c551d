import { strict as assert } from "node:assert";
import { lstatSync, readdirSync, readFileSync, readlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import type { Ended, StartOptions } from "./azcopy.ts";
import type { Container, Lab } from "./lab.ts";
import { plant, sha256, type Tree } from "./trees.ts";

/** What is compared of a run: how it ended, the files of this machine, the blobs, the printed numbers, dry-run lines. */
export type Aspect = "exit code" | "files" | "blobs" | "summary" | "scanned" | "dry run";

/** Where a contender stands: a folder and a container of its own, planted as the other one's. */
export interface Place {
  readonly folder: string;
  readonly container: Container;
  /** A path on this machine, below the place's folder. */
  here(path?: string): string;
  /** An address in the place's container, with its signature; the path as it goes into an address. */
  there(path?: string): string;
}

/** One command line that both contenders run on identical places. */
export interface Case {
  readonly title: string;
  /** Files of this machine, an hour old. */
  readonly files?: Tree;
  /** Those of the files that are from the future: younger than any blob. */
  readonly younger?: readonly string[];
  readonly blobs?: Tree;
  /** What else is to be planted. */
  readonly prepare?: (place: Place) => Promise<unknown> | undefined;
  readonly words: (place: Place) => readonly string[];
  /** A deliberate departure: what differs, which it must, and why; everything else has to be the same. */
  readonly differs?: { readonly why: string; readonly in: readonly Aspect[] };
}

type Outcome = Readonly<Record<Aspect, unknown>>;

const hourMs = 3_600_000;
/** The same in both contenders, so that names which end up in a destination are the same, too. */
const folderName = "root";
/** Their numbers are a documented departure: AzCopy leaves them at 0 for blobs. */
const uncountedByAzcopy = /^Number of (Symbolic Links|Special Files) Skipped/;

/** Runs the case by both, and fails unless they agree in all but what is said to differ. */
export async function contest(lab: Lab, real: string, each: Case): Promise<void> {
  const [ours, theirs] = await Promise.all([
    run(lab, each, {}),
    // With an open pipe for its input it sleeps where it would spin on a closed one.
    run(lab, each, { file: real, real: true, stdin: "open" }),
  ]);
  const differing = new Set(each.differs?.in);
  for (const aspect of Object.keys(theirs.outcome) as Aspect[]) {
    const [our, their] = [ours.outcome[aspect], theirs.outcome[aspect]];
    const told = `\n${aspect} (actual: ours)\nOURS: ${ours.ended}\nTHEIRS: ${theirs.ended}`;
    if (differing.has(aspect)) {
      assert.notDeepEqual(our, their, `no longer differs: ${told}`);
      continue;
    }
    try {
      assert.deepEqual(our, their);
    } catch (error) {
      assert.fail(`${error instanceof Error ? error.message : error}${told}`);
    }
  }
}

async function run(lab: Lab, each: Case, options: StartOptions): Promise<{ outcome: Outcome; ended: Ended }> {
  const place = await settle(lab, each);
  const ended = await lab.user().azcopy(each.words(place), { ...options, folder: place.folder });
  return { ended, outcome: await outcomeOf(place, ended) };
}

async function settle(lab: Lab, each: Case): Promise<Place> {
  const folder = join(lab.newFolder(), folderName);
  const container = await lab.container();
  plant(folder, each.files ?? {});
  const [past, future] = [-hourMs, hourMs].map((distance) => new Date(Date.now() + distance));
  for (const path of Object.keys(each.files ?? {})) {
    const time = each.younger?.includes(path) ? future : past;
    assert(time);
    utimesSync(join(folder, path), time, time);
  }
  await container.plant(each.blobs ?? {});
  const place: Place = {
    folder,
    container,
    here: (path = "") => (path === "" ? folder : `${folder}/${path}`),
    there: (path = "") => container.url(path),
  };
  await each.prepare?.(place);
  return place;
}

async function outcomeOf({ folder, container }: Place, ended: Ended): Promise<Outcome> {
  const named = <T>(value: T): T =>
    JSON.parse(
      JSON.stringify(value).replaceAll(container.name, "CONTAINER").replaceAll(folder, "FOLDER"),
    ) as T;
  return {
    "exit code": ended.exitCode,
    files: named(filesOf(folder)),
    blobs: named(await blobsOf(container)),
    summary: summaryOf(ended.stdout, /^(?:Number of|Total Number|Final Job)/),
    scanned: summaryOf(ended.stdout, /^Files Scanned/),
    "dry run": named(dryRunLines(ended.stdout)),
  };
}

/** Path → content and rights; folders end in a slash. */
function filesOf(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(folder.length + 1);
    if (entry.isDirectory()) found[`${path}/`] = "folder";
    else if (entry.isSymbolicLink()) found[path] = `link to ${readlinkSync(file)}`;
    else found[path] = `${(lstatSync(file).mode & 0o777).toString(8)} ${sha256(readFileSync(file))}`;
  }
  return found;
}

/** Name → all that a user can have set or can see of the blob, times aside. */
async function blobsOf(container: Container): Promise<Record<string, unknown>> {
  if (!(await container.client.exists())) return { "no container": true };
  const found: Record<string, unknown> = {};
  const listing = container.client.listBlobsFlat({
    includeMetadata: true,
    includeTags: true,
    includeSnapshots: true,
  });
  for await (const { name, snapshot, properties, metadata, tags } of listing) {
    const key = snapshot === undefined || snapshot === "" ? name : `${name} (snapshot)`;
    const content = snapshot || properties.accessTier === "Archive" ? "" : sha256(await container.get(name));
    const { contentType, contentEncoding, contentLanguage, contentDisposition, cacheControl } = properties;
    const md5 = properties.contentMD5 ? Buffer.from(properties.contentMD5).toString("hex") : "";
    const headers = [contentType, contentEncoding, contentLanguage, contentDisposition, cacheControl, md5];
    const { blobType, accessTier } = properties;
    found[key] = { content, headers, blobType, accessTier, metadata: metadata ?? {}, tags: tags ?? {} };
  }
  return found;
}

/** Label → number of the closing summary's lines that begin so. */
function summaryOf(stdout: string, beginning: RegExp): Record<string, string> {
  const found: Record<string, string> = {};
  for (const line of stdout.split("\n")) {
    if (!beginning.test(line) || uncountedByAzcopy.test(line)) continue;
    const colon = line.indexOf(": ");
    if (colon > 0) found[line.slice(0, colon)] = line.slice(colon + 2).trim();
  }
  return found;
}

/** What a dry run would do, without signatures, in the order of the alphabet. */
function dryRunLines(stdout: string): string[] {
  return stdout
    .split("\n")
    .filter((line) => line.includes("DRYRUN: "))
    .map((line) => line.trim().replaceAll(/\?\S*/g, ""))
    .sort();
}
