import type { Changeable, Destination, Source } from "../backends/backend.ts";
import type { Endpoint } from "../backends/endpoint.ts";
import type { Clock, Random } from "../foundation/clock.ts";
import type { Log } from "../foundation/log.ts";
import type { NetworkStatistics, PromptAnswer, Reporter } from "../job/events.ts";
import type { Disk } from "../journal/disk.ts";

/** How a command opens stores: the table of stores over one transport. */
export interface Stores {
  openSource(endpoint: Endpoint): Source;
  openDestination(endpoint: Endpoint, jobId: string): Destination;
  /** Where objects are removed or changed. */
  openChanges(endpoint: Endpoint): Changeable;
  /** Removes what downloads of jobs that no longer exist left behind in a local folder. */
  sweep(
    endpoint: Endpoint,
    judge: { readonly isLive: (jobId: string) => boolean; readonly untouchedSinceMs: number },
  ): Promise<void>;
  network(): NetworkStatistics;
}

/** What the machine and the environment allow. */
export interface Capacity {
  /** AZCOPY_CONCURRENCY_VALUE; undefined: found by measuring. */
  readonly concurrency: number | undefined;
  readonly cpus: number;
  /** AZCOPY_BUFFER_GB, or what the machine (or its control group) gives. */
  readonly memoryBytesMax: number;
  /** --cap-mbps; Infinity for none. */
  readonly bytesPerSecondMax: number;
}

/** Everything that a command may touch. cli/main.ts makes it. */
export interface CommandContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly platform: NodeJS.Platform;
  readonly workingFolder: string;
  readonly plansFolder: string;
  /** The id for a job that this command makes. */
  readonly jobId: string;
  /** The command line with every credential redacted. */
  readonly commandLine: string;
  readonly logFile: string;
  readonly log: Log;
  readonly report: Reporter;
  readonly ask: (destination: string) => Promise<PromptAnswer | undefined>;
  /** Asks whether an object that only the destination (by name: `root`) has may be removed; no answer keeps it. */
  readonly askRemoval: (path: string, root: string) => Promise<boolean>;
  /** Resolves when a client that asked for it (--await-open) lets the first object be opened. */
  readonly beforeFirstOpen: () => Promise<void>;
  readonly stores: Stores;
  readonly capacity: Capacity;
  /** Aborted by Ctrl-C, SIGTERM or a message on stdin. */
  readonly cancel: AbortSignal;
}
