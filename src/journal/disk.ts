/** The few things that a journal asks of a disk. The real one is real-disk.ts; a simulation has its own. */
export interface Disk {
  makeFolder(path: string): Promise<void>;
  /** Names of the files and folders directly in `path`; [] when it does not exist. */
  names(path: string): Promise<string[]>;
  exists(path: string): Promise<boolean>;
  /** Opens for appending, creating it (durably) if need be. */
  openAppend(path: string): Promise<AppendFile>;
  /** The file's bytes in chunks; nothing when it does not exist. */
  read(path: string): AsyncIterable<Uint8Array>;
  /** Replaces the file atomically and durably: after a crash there is the old content or the new. */
  replace(path: string, content: Uint8Array): Promise<void>;
  /** Cuts the file at `bytes`, durably. */
  truncate(path: string, bytes: number): Promise<void>;
  /** Removes a file; no error when there is none. */
  remove(path: string): Promise<void>;
  /** Removes a folder and all in it; no error when there is none. */
  removeFolder(path: string): Promise<void>;
  /**
   * Takes the lock file `path` for this process. Returns how to release it, or who holds it (a process that is
   * alive, on this boot of the machine). A lock left by a dead process is taken over.
   */
  lock(path: string): Promise<{ readonly release: () => Promise<void> } | { readonly heldBy: string }>;
  /** Names this boot of the machine; differs after every restart. */
  readonly boot: string;
}

export interface AppendFile {
  /** Hands the bytes to the operating system before it returns: they survive this process, not yet a power cut. */
  write(bytes: string): void;
  /** Resolves when all written bytes survive a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}
