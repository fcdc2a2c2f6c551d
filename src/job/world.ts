import type { Changeable, Destination, Source } from "../backends/backend.ts";
import type { Clock, Random } from "../foundation/clock.ts";
import type { Log } from "../foundation/log.ts";
import type { JobJournal } from "../journal/job-journal.ts";
import type { NetworkStatistics, PromptAnswer, Reporter } from "./events.ts";

/** Everything a job may touch. cli/ makes the real one, a simulation makes another. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly report: Reporter;
  readonly log: Log;
  readonly journal: JobJournal;
  readonly source: Source;
  readonly destination: Destination;
  /** Where objects are removed or changed; undefined for jobs that only copy. */
  readonly changes: Changeable | undefined;
  /** Asks the user whether what stands at the destination may be replaced; undefined: nobody is there to answer. */
  readonly ask: (destination: string) => Promise<PromptAnswer | undefined>;
  /** Totals since the process began. */
  readonly network: () => NetworkStatistics;
  /** Full names for people, without credentials. */
  readonly names: NamesOf;
}

export interface NamesOf {
  source(path: string): string;
  destination(path: string): string;
}
