import { fdatasync, fsync } from "node:fs";
import { promisify } from "node:util";

/** Makes an open file survive a power cut: its content (and what is needed to read it), or its times as well. */
export interface FileSync {
  readonly content: (file: number) => Promise<void>;
  readonly everything: (file: number) => Promise<void>;
}

/** The system's own. */
export const fileSync: FileSync = { content: promisify(fdatasync), everything: promisify(fsync) };
