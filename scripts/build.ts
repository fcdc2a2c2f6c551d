import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, sep } from "node:path";
import { type BuildResult, build as bundle, type Metafile } from "esbuild";

const root = join(import.meta.dirname, "..");
const node = join(root, "node_modules/node/bin/node");
const output = join(root, "dist/azcopy");
const stamp = join(root, "dist/azcopy.stamp");
const notices = join(root, "dist/third-party-licenses.txt");
/** The marker that Node looks for in its own executable: postject flips the digit behind it. */
const sentinelFuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/**
 * Makes dist/azcopy: the bundled sources inside the Node of the dev dependency, one file that needs nothing
 * beside it but the C and C++ runtime of the system. Does nothing when no input changed since the last time.
 * Several builds may run at once: each works in a folder of its own and renames the result into place.
 */
async function build(): Promise<void> {
  const inputs = hashOfInputs();
  if (
    existsSync(output) &&
    existsSync(stamp) &&
    readFileSync(stamp, "utf8") === `${inputs} ${seal(output)}`
  ) {
    console.log("dist/azcopy is up to date");
    return;
  }
  mkdirSync(join(root, "dist"), { recursive: true });
  const folder = mkdtempSync(join(root, "dist/.build-"));
  try {
    const bundled = await bundleSources(join(folder, "azcopy.cjs"));
    const executable = join(folder, "azcopy");
    makeExecutable(folder, executable);
    writeFileSync(join(folder, "notices"), licensesOf(bundled));
    renameSync(join(folder, "notices"), notices);
    writeFileSync(join(folder, "stamp"), `${inputs} ${seal(executable)}`);
    renameSync(executable, output);
    renameSync(join(folder, "stamp"), stamp);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { size } = statSync(output);
  console.log(`dist/azcopy is built, ${(size / 2 ** 20).toFixed(0)} MiB`);
}

/** Everything that can change the result: sources, this script, the locked dependencies and Node itself. */
function hashOfInputs(): string {
  const hash = createHash("sha256");
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .sort()
    .map((file) => join("src", file));
  for (const file of [...sources, "scripts/build.ts", "package.json", "package-lock.json"]) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update("\0");
  }
  const { size, mtimeMs } = statSync(node);
  return hash.update(`${size} ${mtimeMs}`).digest("hex");
}

/** Tells one built file from another; stays the same when the file is renamed. */
function seal(file: string): string {
  const { size, mtimeMs } = statSync(file);
  return `${size} ${mtimeMs}`;
}

/** Bundles the sources and their dependencies into one CommonJS file, the form that a code cache works with. */
function bundleSources(outfile: string): Promise<BuildResult<{ metafile: true }>> {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  return bundle({
    entryPoints: [join(root, "src/cli/main.ts")],
    outfile,
    absWorkingDir: root,
    bundle: true,
    metafile: true,
    format: "cjs",
    platform: "node",
    target: "node24",
    // Names stay, so that the stack trace of a broken invariant can be read.
    minifySyntax: true,
    minifyWhitespace: true,
    // A single executable cannot import() anything, not even "node:fs": this turns it into a lazy require.
    supported: { "dynamic-import": false },
    define: { AZCOPY_VERSION: JSON.stringify(version) },
    legalComments: "none",
    logOverride: { "empty-import-meta": "error" },
    logLevel: "warning",
  });
}

function makeExecutable(folder: string, executable: string): void {
  // Plain names, not paths: the first one ends up in the executable, as the file of its stack traces.
  const config = {
    main: "azcopy.cjs",
    output: "blob",
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    useSnapshot: false,
    // Requests leave short-lived rubbish: collecting it more often takes a third off the peak memory of a job of
    // many small files, and no measurable time.
    execArgv: ["--max-semi-space-size=4"],
  };
  writeFileSync(join(folder, "sea.json"), JSON.stringify(config));
  execFileSync(node, ["--experimental-sea-config", "sea.json"], { cwd: folder, stdio: "pipe" });
  copyFileSync(node, executable);
  chmodSync(executable, 0o755);
  strip(executable);
  const postject = join(root, "node_modules/postject/dist/cli.js");
  const blob = join(folder, config.output);
  const injection = [executable, "NODE_SEA_BLOB", blob, "--sentinel-fuse", sentinelFuse];
  // Its warnings about section names of the stripped file are of no consequence; an error carries them along.
  execFileSync(node, [postject, ...injection], { stdio: "pipe" });
}

/** Drops the symbol table (18 MB), which nothing reads at run time. Without binutils the file is just larger. */
function strip(executable: string): void {
  try {
    execFileSync("strip", [executable], { stdio: "pipe" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}

/** The licences of all packages of which code is in the bundle: they ask to be passed on with it. */
function licensesOf({ metafile }: { readonly metafile: Metafile }): string {
  const packages = new Set<string>();
  for (const input of Object.keys(metafile.inputs)) {
    const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input.split(sep).join("/"));
    if (found?.[1]) packages.add(found[1]);
  }
  const texts = [...packages].sort().map((name) => {
    const folder = join(root, "node_modules", name);
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    return `${name}\n\n${file ? readFileSync(join(folder, file), "utf8") : "No licence file in the package."}\n`;
  });
  return [
    "This executable contains Node.js (https://github.com/nodejs/node/blob/main/LICENSE) and:\n",
    ...texts,
  ].join(`\n${"-".repeat(80)}\n\n`);
}

build().catch((error: unknown) => {
  // What is wrong with the sources has been printed by the bundler, with the place.
  if (!(error instanceof Error && "errors" in error)) console.error(error);
  process.exitCode = 1;
});
