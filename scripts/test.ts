import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { join, relative } from "node:path";

/**
 * Runs the tests, all of them or the files given as arguments, with the Node of the dev dependency. The closing
 * lines ("ℹ tests 12 …") are the runner's own. Two files at a time: the emulator and the binary under test each
 * take a core.
 */
const filesAtOnce = 2;
/** A test that hangs fails instead of holding up everything. The slowest ones take half a minute. */
const testMsMax = 180_000;

const root = join(import.meta.dirname, "..");
const options = process.argv.slice(2).filter((argument) => argument.startsWith("-"));
const files = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
const all = ["src/**/*.test.ts", "test/**/*.test.ts"].flatMap((pattern) => globSync(pattern, { cwd: root }));

const { status, error } = spawnSync(
  join(root, "node_modules/node/bin/node"),
  [
    "--test",
    "--test-reporter=spec",
    `--test-concurrency=${filesAtOnce}`,
    `--test-timeout=${testMsMax}`,
    ...options,
    ...(files.length > 0 ? files.map((file) => relative(root, file)) : all.sort()),
  ],
  { cwd: root, stdio: "inherit" },
);
if (error) throw error;
process.exitCode = status ?? 1;
