import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomFillSync } from "node:crypto";
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, resolve } from "node:path";
import type { ContainerClient } from "@azure/storage-blob";
import { eachConcurrently } from "../src/foundation/each.ts";
import { startAzurite } from "../test/fakes/azurite.ts";
import { ChaosProxy } from "../test/fakes/chaos-proxy.ts";

/**
 * Shows the tool at work, with nothing but this checkout: uploads a real folder and a large file to an emulator,
 * kills the tool in the middle of both, resumes, downloads everything again, and lets the official SDK compare
 * every byte. Ends with 1 when anything differs.
 *
 *   npm run demo                    the default folder
 *   npm run demo -- some/folder     another one
 */
const root = join(import.meta.dirname, "..");
const azcopy = join(root, "dist/azcopy");
/** Thousands of small files that every checkout has. */
const defaultFolder = join(root, "node_modules/@azure");
const defaultPackages = ["identity", "msal-browser", "storage-blob"];
const MiB = 2 ** 20;
const largeBytes = 256 * MiB;
const containerName = "demo";
const readsAtOnce = 8;
const memoryBytesMax = 6 * 2 ** 30;

const bold = (text: string): string => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[0m` : text);
const say = (text: string): void => console.log(`\n${bold(`# ${text}`)}`);
const mebibytes = (bytes: number): string => `${(bytes / MiB).toFixed(1)} MiB`;
const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

/** Names of the files below `folder`, as a copy takes them: links are left out. */
function filesBelow(folder: string, path = ""): string[] {
  return readdirSync(join(folder, path), { withFileTypes: true }).flatMap((entry) => {
    const below = path === "" ? entry.name : `${path}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(folder, below);
    return entry.isFile() ? [below] : [];
  });
}

class Demo {
  readonly #workplace = mkdtempSync(join(tmpdir(), "azcopy-demo-"));
  readonly #running = new Set<ChildProcess>();
  readonly #proxy: ChaosProxy;
  readonly #container: ContainerClient;
  readonly #url: string;
  readonly #sas: string;

  constructor(proxy: ChaosProxy, container: ContainerClient, sas: string) {
    this.#proxy = proxy;
    this.#container = container;
    this.#sas = sas;
    this.#url = `${proxy.origin}${new URL(container.url).pathname}`;
  }

  async run(folder: string, packages: readonly string[]): Promise<boolean> {
    const started = performance.now();
    const names = packages.length > 0 ? packages : [""];
    const files = names.flatMap((name) => filesBelow(join(folder, name)).map((file) => join(name, file)));
    const large = join(this.#workplace, "large.bin");
    writeLargeFile(large);
    const expected = new Map<string, string>(
      files.map((file) => [`${basename(folder)}/${file}`, join(folder, file)]),
    );
    expected.set("large.bin", large);

    await this.#azcopy(["--version"]);
    const from = relative(process.cwd(), folder) || ".";
    say(`${files.length} small files up; the tool is killed half-way`);
    const only = packages.length > 0 ? [`--include-path=${packages.join(";")}`] : [];
    const smallBytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    await this.#uploadWithKill([from, ...only, "--recursive"], smallBytes);
    say(`one file of ${largeBytes / MiB} MiB up; the tool is killed half-way`);
    // Under a cap few blocks are under way at once, so a kill meets few that are half-sent.
    await this.#uploadWithKill([large, "--cap-mbps=400", "--block-size-mb=4"], largeBytes);
    say("everything down again, into a new folder");
    const copy = join(this.#workplace, "copy");
    await this.#azcopy(["copy", `${this.#url}/*?${this.#sas}`, copy, "--recursive", "--from-to=BlobLocal"]);
    await this.#azcopy(["jobs", "list"]);

    const equal = await this.#compare(expected, copy);
    console.log(`\nThe whole demonstration took ${seconds(performance.now() - started)}.`);
    return equal;
  }

  /** Uploads, kills the tool once half of the content has travelled, and resumes. */
  async #uploadWithKill(source: readonly string[], contentBytes: number): Promise<void> {
    this.#proxy.reset();
    const half = this.#proxy.until(
      () => this.#proxy.traffic("putBlob", "putBlock").bytesUp > contentBytes / 2,
    );
    const destination = `${this.#url}?${this.#sas}`;
    const [from = "", ...flags] = source;
    const words = ["copy", from, destination, ...flags, "--from-to=LocalBlob"];
    const output = await this.#azcopy(words, half);
    const jobId = /Job ([0-9a-f-]{36}) has started/.exec(output)?.[1];
    if (jobId === undefined) throw new Error("the tool did not start a job");
    await this.#azcopy(["jobs", "resume", jobId, `--destination-sas=${this.#sas}`]);
    const { bytesUp } = this.#proxy.traffic("putBlob", "putBlock");
    const twice = Math.max(0, bytesUp - contentBytes);
    const share = ((100 * twice) / Math.max(1, contentBytes)).toFixed(1);
    console.log(
      `Both runs together sent ${mebibytes(bytesUp)}: ${mebibytes(twice)} (${share} %) travelled twice.`,
    );
  }

  /** Runs the tool as a user would, showing command and output; kills it when `until` resolves. */
  #azcopy(words: readonly string[], until?: Promise<void>): Promise<string> {
    const shown = words.map((word) => word.replaceAll(this.#sas, "$SAS").replaceAll(root, "."));
    console.log(
      bold(`$ azcopy ${shown.map((word) => (/[$*?&; ]/.test(word) ? `"${word}"` : word)).join(" ")}`),
    );
    const child = spawn(azcopy, words, {
      env: {
        ...process.env,
        AZCOPY_LOG_LOCATION: join(this.#workplace, "logs"),
        AZCOPY_JOB_PLAN_LOCATION: join(this.#workplace, "plans"),
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.#running.add(child);
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      process.stdout.write(text);
    });
    void until?.then(() => child.kill("SIGKILL"));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exitCode, signal) => {
        this.#running.delete(child);
        if (signal === "SIGKILL" && until) console.log(bold("\n✂ killed with SIGKILL"));
        if (exitCode === 0 || (signal === "SIGKILL" && until)) resolve(output);
        else reject(new Error(`azcopy ended with ${signal ?? exitCode}`));
      });
    });
  }

  /** Compares source, container (read by the official SDK) and copy; tells every difference. */
  async #compare(expected: ReadonlyMap<string, string>, copy: string): Promise<boolean> {
    say("the official SDK reads the container; every byte is compared with source and copy");
    const differences: string[] = [];
    const found = new Set<string>();
    let bytes = 0;
    const compare = async (name: string): Promise<void> => {
      found.add(name);
      const source = expected.get(name);
      if (source === undefined) {
        differences.push(`${name}: not in the source`);
        return;
      }
      const blob = await this.#container.getBlobClient(name).downloadToBuffer();
      bytes += blob.length;
      const hash = createHash("sha256").update(blob).digest("hex");
      if ((await hashOf(source)) !== hash) differences.push(`${name}: the blob differs from the source`);
      const copied = join(copy, name);
      if (!existsSync(copied)) differences.push(`${name}: not downloaded`);
      else if ((await hashOf(copied)) !== hash) differences.push(`${name}: the copy differs from the blob`);
    };
    await eachConcurrently(this.#namesOfBlobs(), readsAtOnce, compare);
    for (const name of expected.keys())
      if (!found.has(name)) differences.push(`${name}: not in the container`);
    for (const name of filesBelow(copy))
      if (!expected.has(name)) differences.push(`${name}: only in the copy`);
    for (const difference of differences.slice(0, 20)) console.log(`✖ ${difference}`);
    const verdict = differences.length === 0 ? "✔ all equal" : `✖ ${differences.length} differences`;
    console.log(`${verdict}: ${found.size} blobs, ${mebibytes(bytes)}`);
    return differences.length === 0;
  }

  async *#namesOfBlobs(): AsyncIterable<string> {
    for await (const { name } of this.#container.listBlobsFlat()) yield name;
  }

  /** Ends what still runs and removes what was written. */
  cleanUp(): void {
    for (const child of this.#running) child.kill("SIGKILL");
    rmSync(this.#workplace, { recursive: true, force: true });
  }
}

function writeLargeFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const chunk = Buffer.alloc(16 * MiB);
  writeFileSync(file, "");
  for (let written = 0; written < largeBytes; written += chunk.length) {
    writeFileSync(file, randomFillSync(chunk), { flag: "a" });
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

async function main(): Promise<number> {
  const given = process.argv[2];
  const folder = given === undefined ? defaultFolder : resolve(given);
  if (!existsSync(folder)) {
    console.error(`there is no folder ${folder}`);
    return 1;
  }
  const azurite = await startAzurite({ memoryBytesMax });
  const container = azurite.container(containerName);
  await container.create();
  const { hostname, port } = new URL(azurite.accountUrl);
  const proxy = await ChaosProxy.start({ host: hostname, port: Number(port) });
  const demo = new Demo(proxy, container, azurite.sas());
  const interrupted = (): void => {
    demo.cleanUp();
    process.exit(1);
  };
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  try {
    return (await demo.run(folder, given === undefined ? defaultPackages : [])) ? 0 : 1;
  } catch (error) {
    console.error(`\n✖ ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    demo.cleanUp();
    await proxy.close();
    await azurite.close();
  }
}

process.exitCode = await main();
