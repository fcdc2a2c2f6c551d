import { basename } from "node:path";
import type { SpillDisk, SpillReader, SpillWriter } from "../../src/listing/spill-disk.ts";

const newline = 10;

/** A disk for sorting that counts what passes through it and fails where a test says so. */
export class MemorySpillDisk implements SpillDisk {
  readonly files = new Map<string, Buffer[]>();
  readonly folders = new Set<string>();
  linesWritten = 0;
  linesRead = 0;
  runsWritten = 0;
  largestWriteBytes = 0;
  /** Files that are open now, and the most that ever were. */
  openNow = 0;
  openMost = 0;
  /** Called before every step, which fails if this throws. */
  readonly #before: (step: string, steps: number) => void;
  #steps = 0;

  constructor(before: (step: string, steps: number) => void = () => {}) {
    this.#before = before;
  }

  get steps(): number {
    return this.#steps;
  }

  async makeFolder(path: string): Promise<void> {
    this.#step("makeFolder");
    this.folders.add(path);
  }

  async names(_path: string): Promise<string[]> {
    return [...this.files.keys()].map((path) => basename(path));
  }

  async create(path: string): Promise<SpillWriter> {
    this.#step("create");
    const content: Buffer[] = [];
    this.files.set(path, content);
    this.runsWritten++;
    this.#opened();
    return {
      write: async (bytes) => {
        this.#step("write");
        this.largestWriteBytes = Math.max(this.largestWriteBytes, bytes.length);
        this.linesWritten += bytes.filter((byte) => byte === newline).length;
        content.push(Buffer.from(bytes));
      },
      close: async () => {
        this.openNow--;
      },
    };
  }

  async open(path: string): Promise<SpillReader> {
    this.#step("open");
    const content = Buffer.concat(this.files.get(path) ?? []);
    let at = 0;
    this.#opened();
    return {
      read: async (into) => {
        this.#step("read");
        const count = content.copy(into, 0, at, Math.min(content.length, at + into.length));
        at += count;
        this.linesRead += into.subarray(0, count).filter((byte) => byte === newline).length;
        return count;
      },
      close: async () => {
        this.openNow--;
      },
    };
  }

  async remove(path: string): Promise<void> {
    this.#step("remove");
    this.files.delete(path);
  }

  async removeFolder(path: string): Promise<void> {
    if (this.files.size > 0) throw new Error("not empty");
    this.folders.delete(path);
  }

  #opened(): void {
    this.openNow++;
    this.openMost = Math.max(this.openMost, this.openNow);
  }

  #step(step: string): void {
    this.#before(step, ++this.#steps);
  }
}
