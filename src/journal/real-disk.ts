import { readFileSync, writeSync } from "node:fs";
import { link, mkdir, open, readdir, rename, rm, truncate, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { errnoOf } from "../foundation/errors.ts";
import type { AppendFile, Disk } from "./disk.ts";

const readChunkBytes = 1024 * 1024;
const lockAttemptsMax = 10;

export interface ProcessIdentity {
  readonly pid: number;
  /** Names this boot of the machine. */
  readonly boot: string;
  /** What tells a process from a later one with the same id (its start time); undefined when none lives. */
  readonly birthOf: (pid: number) => string | undefined;
}

/** The machine's own disk. */
export class RealDisk implements Disk {
  readonly boot: string;
  readonly #identity: ProcessIdentity;

  constructor(identity: ProcessIdentity) {
    this.boot = identity.boot;
    this.#identity = identity;
  }

  async makeFolder(path: string): Promise<void> {
    await mkdir(path, { recursive: true });
    await syncFolder(dirname(path));
  }

  async names(path: string): Promise<string[]> {
    try {
      return await readdir(path);
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return [];
      throw error;
    }
  }

  async exists(path: string): Promise<boolean> {
    try {
      await (await open(path, "r")).close();
      return true;
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return false;
      throw error;
    }
  }

  async openAppend(path: string): Promise<AppendFile> {
    const handle = await open(path, "a", 0o600);
    await syncFolder(dirname(path));
    return {
      write: (text) => {
        const bytes = Buffer.from(text, "utf8");
        for (let at = 0; at < bytes.length; ) at += writeSync(handle.fd, bytes, at);
      },
      sync: () => handle.datasync(),
      close: () => handle.close(),
    };
  }

  async *read(path: string): AsyncIterable<Uint8Array> {
    let handle: Awaited<ReturnType<typeof open>>;
    try {
      handle = await open(path, "r");
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return;
      throw error;
    }
    try {
      for (;;) {
        const chunk = Buffer.allocUnsafe(readChunkBytes);
        const { bytesRead } = await handle.read(chunk, 0, chunk.length);
        if (bytesRead === 0) return;
        yield chunk.subarray(0, bytesRead);
      }
    } finally {
      await handle.close();
    }
  }

  async replace(path: string, content: Uint8Array): Promise<void> {
    const temporary = `${path}.${this.#identity.pid}.new`;
    const handle = await open(temporary, "w", 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  }

  async truncate(path: string, bytes: number): Promise<void> {
    await truncate(path, bytes);
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  async removeFolder(path: string): Promise<void> {
    await rm(path, { recursive: true, force: true });
  }

  async lock(path: string): Promise<{ release: () => Promise<void> } | { heldBy: string }> {
    const { pid, birthOf } = this.#identity;
    const own = `${path}.${pid}.new`;
    await writeFile(own, JSON.stringify({ pid, boot: this.boot, birth: birthOf(pid) }), { mode: 0o600 });
    try {
      // A hard link appears with its content or not at all, so nobody ever reads a half-written lock.
      for (let attempt = 0; attempt < lockAttemptsMax; attempt++) {
        try {
          await link(own, path);
          return { release: () => rm(path, { force: true }) };
        } catch (error) {
          if (errnoOf(error) !== "EEXIST") throw error;
        }
        const holder = readHolder(path);
        const alive =
          holder !== undefined && holder.boot === this.boot && birthOf(holder.pid) === holder.birth;
        if (alive) return { heldBy: `process ${holder.pid}` };
        await rm(path, { force: true });
      }
      return { heldBy: "several processes that start at once" };
    } finally {
      await rm(own, { force: true });
    }
  }
}

interface Holder {
  readonly pid: number;
  readonly boot: string;
  readonly birth: string;
}

function readHolder(path: string): Holder | undefined {
  try {
    const { pid, boot, birth } = JSON.parse(readFileSync(path, "utf8")) as Partial<Holder>;
    if (typeof pid === "number" && typeof boot === "string" && typeof birth === "string")
      return { pid, boot, birth };
  } catch {
    // Released between the link and the look, or written by no version of ours: nobody holds it.
  }
  return undefined;
}

/** Makes names in a folder durable. Some file systems refuse to sync a folder; then there is nothing more to do. */
async function syncFolder(path: string): Promise<void> {
  try {
    const handle = await open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== "EINVAL" && errno !== "EPERM" && errno !== "EISDIR" && errno !== "EACCES") throw error;
  }
}
