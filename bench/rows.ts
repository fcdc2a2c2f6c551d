import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { downloadedBytes, type Logged, uploaded } from "./access-log.ts";
import type { Fixtures } from "./fixtures.ts";
import { listMany, syncMany } from "./rows-of-names.ts";

export type Scheme = "http" | "https";

/** What the arguments and the checks of a row are made of. */
export interface Scene {
  readonly fixtures: Fixtures;
  /** An empty folder for what this run downloads. */
  readonly target: string;
  url(scheme: Scheme, path: string): string;
  /** As url(), of an account with a host name of its own; for rows that are `proxied`. */
  namedUrl(path: string): string;
  /** What the contender printed, for rows that `printsMuch`. */
  readonly output: string;
}

/** One line of the table. */
export interface Row {
  readonly name: string;
  title(fixtures: Fixtures): string;
  words(scene: Scene): string[];
  /** Files that the summary must count as copied; undefined where there is no summary. */
  files(fixtures: Fixtures): number | undefined;
  /** What is wrong with what the sink saw; undefined where all is well. Asked again while requests trickle in. */
  missing(scene: Scene, log: readonly Logged[]): string | undefined;
  /** What is wrong with what lies in `scene.target`. */
  wrong(scene: Scene): string | undefined;
  readonly tls: boolean;
  /** Cheap rows can afford more runs than others. */
  readonly runsMin: number;
  /** Slow ones cannot. */
  readonly runsMax?: number;
  /** What is wrong with what was printed, where a summary of copied files is not what tells. */
  complaint?(stdout: string, fixtures: Fixtures): string | undefined;
  readonly printsMuch?: boolean;
  readonly proxied?: boolean;
}

type Container = "large" | "small" | "three";

const nothing = (): undefined => undefined;

function upload(
  name: string,
  what: string,
  container: Container,
  options: { scheme?: Scheme; flags?: string[] } = {},
): Row {
  const { scheme = "http", flags = [] } = options;
  return {
    name,
    title: (fixtures) => `upload ${titleOf(container, fixtures)}${what}`,
    words: ({ fixtures, url }) => [
      "copy",
      container === "large" ? fixtures.path("large", "large.bin") : fixtures.path(container, "*"),
      // The sink answers HEAD below up<container>/ with what lies in <container>/: as if the upload had been kept.
      url(scheme, container === "large" ? "uplarge/large.bin" : `up${container}`),
      "--from-to=LocalBlob",
      ...flags,
    ],
    files: (fixtures) => fixtures.files(container).length,
    missing: ({ fixtures }, log) => {
      const found = uploaded(log);
      const bytes = fixtures.bytes(container);
      const blobs = fixtures.files(container).length;
      if (found.bytes === bytes && found.blobs === blobs) return undefined;
      return `the sink received ${found.bytes} bytes in ${found.blobs} blobs, not ${bytes} in ${blobs}`;
    },
    wrong: nothing,
    tls: scheme === "https",
    runsMin: 1,
  };
}

interface DownloadOptions {
  readonly scheme?: Scheme;
  readonly to?: "/dev/null";
}

function download(name: string, what: string, container: Container, options: DownloadOptions = {}): Row {
  const { scheme = "http", to } = options;
  return {
    name,
    title: (fixtures) => `download ${titleOf(container, fixtures)}${what}`,
    words: ({ target, url }) => [
      "copy",
      url(scheme, container === "large" ? "large/large.bin" : `${container}/*`),
      to ?? (container === "large" ? join(target, "large.bin") : target),
      "--from-to=BlobLocal",
    ],
    files: (fixtures) => fixtures.files(container).length,
    missing: ({ fixtures }, log) => {
      const found = downloadedBytes(log);
      const bytes = fixtures.bytes(container);
      return found === bytes ? undefined : `the sink sent ${found} bytes, not ${bytes}`;
    },
    wrong: to === undefined ? (scene) => differing(scene, container) : nothing,
    tls: scheme === "https",
    runsMin: 1,
  };
}

export const rows: readonly Row[] = [
  {
    name: "version",
    title: () => "`--version`",
    words: () => ["--version"],
    files: nothing,
    missing: nothing,
    wrong: nothing,
    tls: false,
    runsMin: 11,
  },
  upload("three-files", "", "three"),
  upload("upload-large", "", "large"),
  upload("upload-large-md5", ", `--put-md5`", "large", { flags: ["--put-md5"] }),
  download("download-large", "", "large"),
  download("download-null", " to /dev/null", "large", { to: "/dev/null" }),
  upload("upload-small", "", "small"),
  download("download-small", "", "small"),
  upload("tls-upload-large", ", TLS", "large", { scheme: "https" }),
  download("tls-download-large", ", TLS", "large", { scheme: "https" }),
  listMany("list-names", false),
  listMany("list-names-ip", true),
  syncMany("sync-names", false),
  syncMany("sync-names-ip", true),
];

function titleOf(container: Container, { sizes }: Fixtures): string {
  if (container === "three") return "three files of 5,000 bytes";
  if (container === "small") return `${sizes.smallFiles.toLocaleString("en")} files of 4 to 6 KiB`;
  const gibibytes = sizes.largeBytes / 2 ** 30;
  return `one file of ${gibibytes >= 1 ? `${gibibytes} GiB` : `${gibibytes * 1024} MiB`}`;
}

/** Compares every byte that was downloaded with what it was downloaded from. */
function differing({ fixtures, target }: Scene, container: Container): string | undefined {
  const wanted = fixtures.files(container);
  const found = readdirSync(target).sort();
  if (found.join("\n") !== wanted.join("\n"))
    return `the target holds ${found.length} files, not ${wanted.length}`;
  for (const name of wanted) {
    const [ours, theirs] = [join(target, name), fixtures.path(container, name)];
    const same =
      container === "large" ? sameLarge(ours, theirs) : readFileSync(ours).equals(readFileSync(theirs));
    if (!same) return `${name} differs from its source`;
  }
  return undefined;
}

function sameLarge(one: string, other: string): boolean {
  try {
    execFileSync("cmp", ["--silent", one, other]);
    return true;
  } catch {
    return false;
  }
}
