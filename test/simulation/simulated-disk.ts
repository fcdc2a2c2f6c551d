import { gunzipSync } from "node:zlib";
import type { AppendFile, Disk } from "../../src/journal/disk.ts";
import type { Dice } from "./dice.ts";

interface File {
  /** What a power cut leaves. */
  durable: Buffer;
  /** What a reader sees now, and a kill leaves. */
  current: Buffer;
}

/** What a disk does wrong, or how slowly it works; called before each operation. */
export type DiskFault = (operation: string, path: string) => Promise<void> | void;

/**
 * A disk as a model: written bytes survive a kill of the process at once, and a power cut only once synced. A
 * power cut keeps a random prefix of what was not synced: a torn tail.
 */
export class SimulatedDisk implements Disk {
  boot = "boot-1";
  readonly files = new Map<string, File>();
  #fault: DiskFault;
  /** Locks die with the process: the simulation clears them. */
  readonly locks = new Set<string>();
  bytesSynced = 0;

  constructor(fault: DiskFault = () => {}) {
    this.#fault = fault;
  }

  onFault(fault: DiskFault): void {
    this.#fault = fault;
  }

  /** The process dies: what it wrote stays, what it had not yet handed over is gone. */
  kill(): SimulatedDisk {
    const next = new SimulatedDisk(this.#fault);
    next.boot = this.boot;
    for (const [path, file] of this.files) next.files.set(path, { ...file });
    return next;
  }

  /** The power fails: of what was not synced a random prefix stays. */
  cutPower(dice: Dice): SimulatedDisk {
    const next = new SimulatedDisk(this.#fault);
    next.boot = `${this.boot}'`;
    for (const [path, file] of this.files) {
      const extra = file.current.length - file.durable.length;
      const kept = extra > 0 ? file.durable.length + dice.below(extra + 1) : file.durable.length;
      const bytes = extra > 0 ? file.current.subarray(0, kept) : file.durable;
      next.files.set(path, { durable: bytes, current: bytes });
    }
    return next;
  }

  /** Whether some file would still hold `text` after a power cut. */
  holdsForSure(text: string): boolean {
    for (const [path, { durable }] of this.files) {
      const plain = path.endsWith(".done") ? gunzipSync(durable) : durable;
      if (plain.includes(text)) return true;
    }
    return false;
  }

  async makeFolder(): Promise<void> {}

  async names(path: string): Promise<string[]> {
    const names = new Set<string>();
    for (const key of this.files.keys()) {
      if (key.startsWith(`${path}/`)) names.add(key.slice(path.length + 1).split("/")[0] ?? "");
    }
    return [...names];
  }

  async exists(path: string): Promise<boolean> {
    return this.files.has(path);
  }

  async openAppend(path: string): Promise<AppendFile> {
    await this.#fault("open", path);
    const file = this.files.get(path) ?? { durable: Buffer.alloc(0), current: Buffer.alloc(0) };
    this.files.set(path, file);
    return {
      write: (text) => {
        file.current = Buffer.concat([file.current, Buffer.from(text, "utf8")]);
      },
      sync: async () => {
        const covered = file.current;
        await this.#fault("sync", path);
        this.bytesSynced += Math.max(0, covered.length - file.durable.length);
        if (covered.length > file.durable.length) file.durable = covered;
      },
      close: async () => {},
    };
  }

  async *read(path: string): AsyncIterable<Uint8Array> {
    const bytes = this.files.get(path)?.current;
    // Small chunks, so that lines are cut anywhere.
    for (let at = 0; bytes !== undefined && at < bytes.length; at += 1_000)
      yield bytes.subarray(at, at + 1_000);
  }

  async replace(path: string, content: Uint8Array): Promise<void> {
    await this.#fault("replace", path);
    const bytes = Buffer.from(content);
    this.files.set(path, { durable: bytes, current: bytes });
  }

  async truncate(path: string, bytes: number): Promise<void> {
    const file = this.files.get(path);
    if (file === undefined) return;
    file.current = file.current.subarray(0, bytes);
    file.durable = file.current;
  }

  async remove(path: string): Promise<void> {
    await this.#fault("remove", path);
    this.files.delete(path);
  }

  async removeFolder(path: string): Promise<void> {
    for (const key of [...this.files.keys()]) if (key.startsWith(`${path}/`)) this.files.delete(key);
  }

  async lock(path: string): Promise<{ release: () => Promise<void> } | { heldBy: string }> {
    if (this.locks.has(path)) return { heldBy: "process 1" };
    this.locks.add(path);
    return {
      release: async () => {
        this.locks.delete(path);
      },
    };
  }
}
