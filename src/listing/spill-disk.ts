import { type FileHandle, mkdir, open, readdir, rm, rmdir } from "node:fs/promises";

/** The few things that spilling asks of a disk. Nothing of it need survive a power cut. */
export interface SpillDisk {
  /** Makes the folder, and those above it, unless they are there. */
  makeFolder(path: string): Promise<void>;
  /** Names of what stands in a folder. */
  names(path: string): Promise<string[]>;
  /** An empty file to write; what stood there is gone. */
  create(path: string): Promise<SpillWriter>;
  open(path: string): Promise<SpillReader>;
  remove(path: string): Promise<void>;
  /** Removes a folder that is empty, and throws for any other. */
  removeFolder(path: string): Promise<void>;
}

export interface SpillWriter {
  /** Appends all of it. */
  write(bytes: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

export interface SpillReader {
  /** The next bytes, as many as came; 0 at the end. */
  read(into: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** The machine's own disk. What is spilled are names: nobody but the user may read them. */
export const machineSpillDisk: SpillDisk = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  names: (path) => readdir(path),
  async create(path) {
    const handle = await open(path, "w", 0o600);
    return {
      write: (bytes) => writeAll(handle, bytes),
      close: () => handle.close(),
    };
  },
  async open(path) {
    const handle = await open(path, "r");
    return {
      read: async (into) => (await handle.read(into, 0, into.length)).bytesRead,
      close: () => handle.close(),
    };
  },
  remove: (path) => rm(path, { force: true }),
  removeFolder: (path) => rmdir(path),
};

/** A disk that is nearly full takes a part of the bytes, and only then refuses. */
async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten;
}
