import { strict as assert } from "node:assert";
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ContainerClient } from "@azure/storage-blob";
import { eachConcurrently } from "../../src/foundation/each.ts";
import { type Azurite, startAzurite } from "../fakes/azurite.ts";
import { ChaosProxy } from "../fakes/chaos-proxy.ts";
import { azcopyFile, temporaryFolder, User } from "./azcopy.ts";
import { contentOf, hashesOf, sha256, type Tree } from "./trees.ts";

/** How many blobs are read at once when a container is compared. */
const readsAtOnce = 8;
/** Azurite gives memory back long after a blob is gone, so this is the sum over all tests of a file, bytes. */
const memoryBytesMax = 3 * 2 ** 30;

/**
 * All that an end-to-end test needs: an emulator in this process, the chaos proxy that the binary talks to it
 * through, the official SDK as the independent reader, and a folder that vanishes in the end.
 */
export class Lab {
  readonly folder: string;
  readonly proxy: ChaosProxy;
  /** A shared access signature for everything, without "?". */
  readonly sas: string;
  readonly #azurite: Azurite;
  readonly #users: User[] = [];
  #containers = 0;

  private constructor(azurite: Azurite, proxy: ChaosProxy) {
    this.#azurite = azurite;
    this.proxy = proxy;
    this.folder = mkdtempSync(join(tmpdir(), "azcopy-e2e-"));
    // Tests that run as another user have to get in.
    chmodSync(this.folder, 0o755);
    this.sas = azurite.sas();
  }

  static async open(): Promise<Lab> {
    const azurite = await startAzurite({ memoryBytesMax });
    const { hostname, port } = new URL(azurite.accountUrl);
    return new Lab(azurite, await ChaosProxy.start({ host: hostname, port: Number(port) }));
  }

  async close(): Promise<void> {
    for (const user of this.#users) user.leave();
    await this.proxy.close();
    await this.#azurite.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A shared access signature that is no longer good. */
  expiredSas(): string {
    return this.#azurite.sas({ expires: new Date(Date.now() - 60_000) });
  }

  /** Somebody new, who may show this laboratory's signatures nowhere. */
  user(...moreSignatures: string[]): User {
    const secrets = [this.sas, ...moreSignatures].map((sas) => new URLSearchParams(sas).get("sig"));
    const user = new User(
      temporaryFolder(this.folder, "user"),
      secrets.filter((secret) => secret !== null),
    );
    this.#users.push(user);
    return user;
  }

  /** A new, empty folder. */
  newFolder(name = "folder"): string {
    return temporaryFolder(this.folder, name);
  }

  /** A copy of the binary where any user may read it, whatever the rights of the checkout. */
  publicBinary(): string {
    const file = join(this.folder, "azcopy");
    copyFileSync(azcopyFile, file);
    chmodSync(file, 0o755);
    return file;
  }

  /** Microsoft's AzCopy, from the npm package that ships it for Linux without the right to execute it. */
  realAzcopy(): string {
    const { AzCopyExe } = createRequire(import.meta.url)("@azure-tools/azcopy-linux") as {
      AzCopyExe: string;
    };
    const file = join(this.folder, "real-azcopy");
    copyFileSync(AzCopyExe, file);
    chmodSync(file, 0o755);
    return file;
  }

  /** A new, empty container. */
  async container(): Promise<Container> {
    const name = `container-${++this.#containers}`;
    const client = this.#azurite.container(name);
    await client.create();
    return new Container(this, client);
  }

  /** The address, through the proxy, of anything in the account: url("c/x") with the usual signature. */
  url(path: string, sas: string = this.sas): string {
    return `${this.proxy.origin}/${this.#azurite.accountName}${path === "" ? "" : `/${path}`}?${sas}`;
  }
}

export class Container {
  readonly name: string;
  readonly client: ContainerClient;
  readonly #lab: Lab;

  constructor(lab: Lab, client: ContainerClient) {
    this.#lab = lab;
    this.client = client;
    this.name = client.containerName;
  }

  /** The address, through the proxy and with signature; `path` as it goes into an address, encoded. */
  url(path = "", sas?: string): string {
    return this.#lab.url(path === "" ? this.name : `${this.name}/${path}`, sas);
  }

  async put(name: string, content: Buffer | string): Promise<void> {
    const bytes = Buffer.from(content);
    await this.client.getBlockBlobClient(name).upload(bytes, bytes.length);
  }

  /** As put(), for names that the SDK would normalise: "..", "//", a leading slash. */
  putRaw(name: string, content: string): Promise<void> {
    const { proxy } = this.#lab;
    const path = this.url(encodeURIComponent(name)).slice(proxy.origin.length);
    const headers = { "x-ms-blob-type": "BlockBlob", "x-ms-version": "2025-07-05" };
    return new Promise((resolve, reject) => {
      const sent = request({ port: proxy.port, method: "PUT", path, headers }, (response) => {
        response.resume();
        if (response.statusCode === 201) resolve();
        else reject(new Error(`PUT ${name}: ${response.statusCode}`));
      });
      sent.on("error", reject);
      sent.end(content);
    });
  }

  /** Puts the tree as plant() would have planted it. */
  async plant(tree: Tree, seed = 1): Promise<void> {
    for (const [name, content] of Object.entries(tree)) await this.put(name, contentOf(name, content, seed));
  }

  async get(name: string): Promise<Buffer> {
    return this.client.getBlobClient(name).downloadToBuffer();
  }

  async names(): Promise<string[]> {
    const names: string[] = [];
    for await (const blob of this.client.listBlobsFlat()) names.push(blob.name);
    return names.sort();
  }

  /** Name → SHA-256 of every blob whose name starts with `prefix`, the prefix cut off. */
  async hashes(prefix = ""): Promise<Map<string, string>> {
    const names: string[] = [];
    for await (const blob of this.client.listBlobsFlat({ prefix })) names.push(blob.name);
    const found = new Map<string, string>();
    await eachConcurrently(names, readsAtOnce, async (name) => {
      found.set(name.slice(prefix.length), sha256(await this.get(name)));
    });
    return found;
  }

  /** Fails unless the container holds, below `prefix`, exactly the files of `folder`, byte for byte. */
  async assertHolds(folder: string, prefix = ""): Promise<void> {
    assertSame(await this.hashes(prefix), hashesOf(folder));
  }
}

/** Fails unless both have the same names with the same content; says what differs. */
export function assertSame(actual: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): void {
  const missing = [...expected.keys()].filter((name) => !actual.has(name));
  const extra = [...actual.keys()].filter((name) => !expected.has(name));
  const different = [...expected.keys()].filter(
    (name) => actual.has(name) && actual.get(name) !== expected.get(name),
  );
  assert.deepEqual({ missing, extra, different }, { missing: [], extra: [], different: [] });
}
