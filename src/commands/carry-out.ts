import type { Changeable, Destination, RelativePath, Source } from "../backends/backend.ts";
import type { Endpoint } from "../backends/endpoint.ts";
import { localKey, nameIn } from "../backends/index.ts";
import type { DestinationNames } from "../job/collision-guard.ts";
import { isOver, type Snapshot } from "../job/events.ts";
import type { JobPlan, RemovalVerdict } from "../job/job-plan.ts";
import type { LogWords } from "../job/ledger.ts";
import type { ChangeRules, CopyRules } from "../job/order.ts";
import { planLimits } from "../job/part-queue.ts";
import type { PlannedPage } from "../job/planner.ts";
import { type EarlierRun, readEarlierRun, withoutPending } from "../job/resume.ts";
import { runJob } from "../job/run-job.ts";
import { Scheduler } from "../job/scheduler.ts";
import type { World } from "../job/world.ts";
import { listJobs, storedStatus } from "../journal/job-folder.ts";
import type { JobJournal } from "../journal/job-journal.ts";
import { DisorderError, type ListingSide } from "../listing/ordered-listing.ts";
import type { CommandContext } from "./context.ts";
import { sizeJob, windowBytesFor } from "./sizing.ts";

/** How often a person hears of the job's progress, ms. */
const progressIntervalMs = 2_000;

/** What one kind of job brings with it; the rest is the same for all. */
export interface Errand {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly rules: CopyRules;
  readonly changes: ChangeRules;
  /** Objects are removed or changed at the destination. */
  readonly needsChanges: boolean;
  /** Removals are beside the transfers (sync), held back until the scan has proved good. */
  readonly removalsApart: boolean;
  readonly logWords: LogWords;
  readonly renamedTo?: RelativePath;
  /** Goes over the source from the page with the token `from`. */
  scan(stores: OpenStores, from: string | undefined, signal: AbortSignal): AsyncIterable<PlannedPage>;
  /** A scan that was cut starts anew, after what it had planned is carried out: it compares what is there. */
  readonly rescans: boolean;
  /** A side's listing was not in the order that it claimed: the next scan is to sort it. */
  readonly sortInstead?: (side: ListingSide) => void;
  readonly mayRemove?: (gaps: number, removals: number) => RemovalVerdict;
  /** How many objects were met on either side; for reports. */
  readonly scanned?: () => { readonly atSource: number; readonly atDestination: number };
}

export interface OpenStores {
  readonly source: Source;
  readonly destination: Destination;
}

/** The words of a copy's log lines, by its direction. */
export function copyWords(direction: CopyRules["direction"]): LogWords {
  const word = direction === "upload" ? "UPLOAD" : "DOWNLOAD";
  const removing = `Deleting extra ${direction === "upload" ? "object" : "file"}`;
  return { done: `${word}SUCCESSFUL`, failed: `${word}FAILED`, removing };
}

/**
 * Runs a job, new or taken up again, to its end, and reports it. Closes the journal. Rejects with the scan's error
 * when the source cannot be listed at all.
 */
export async function carryOut(
  context: CommandContext,
  journal: JobJournal,
  errand: Errand,
  resumed: boolean,
): Promise<Snapshot> {
  const { report } = context;
  const { rules, removalsApart } = errand;
  try {
    if (rules.direction === "download") await sweep(context, errand.destination);
    const world = openWorld(context, journal, errand);
    const names = namesOf(context, errand, world.destination.traits.caseSensitive);
    const earlierRun = (): Promise<EarlierRun> =>
      readEarlierRun(journal, { trusting: rules.direction === "upload", removalsApart, names });
    let earlier = resumed ? await earlierRun() : undefined;
    await journal.writeStatus("InProgress");
    report({ event: "started", jobId: journal.header.jobId, logFile: context.logFile });
    await context.beforeFirstOpen();
    const sizing = sizeJob(context.capacity, rules.blockBytes);
    const run = (): Scheduler => new Scheduler(sizing.scheduler);
    const plan = planOf(context, errand, world, sizing);
    if (earlier !== undefined && !earlier.scanned && errand.rescans) {
      const first = await runJob(world, plan, run(), context.cancel, { ...earlier, scanned: true });
      if (first.status !== "Cancelled") {
        earlier = withoutPending(await earlierRun());
      }
    }
    const snapshot = await runJob(world, plan, run(), context.cancel, earlier).catch(
      async (error: unknown) => {
        if (!(error instanceof DisorderError) || errand.sortInstead === undefined) throw error;
        errand.sortInstead(error.side);
        return runJob(world, plan, run(), context.cancel, withoutPending(await earlierRun()));
      },
    );
    await journal.writeStatus(snapshot.status);
    report({ event: "ended", snapshot: { ...snapshot, ...scannedOf(errand) } });
    return snapshot;
  } finally {
    await journal.close();
  }
}

function scannedOf(errand: Errand): { scannedAtSource?: number; scannedAtDestination?: number } {
  const scanned = errand.scanned?.();
  if (scanned === undefined) return {};
  return { scannedAtSource: scanned.atSource, scannedAtDestination: scanned.atDestination };
}

function openWorld(context: CommandContext, journal: JobJournal, errand: Errand): World {
  const { clock, random, log, report, stores } = context;
  const changes: Changeable | undefined = errand.needsChanges
    ? stores.openChanges(errand.destination)
    : undefined;
  return {
    clock,
    random,
    log,
    report: (event) =>
      report(
        event.event === "progress"
          ? { ...event, snapshot: { ...event.snapshot, ...scannedOf(errand) } }
          : event,
      ),
    journal,
    source: stores.openSource(errand.source),
    destination: stores.openDestination(errand.destination, journal.header.jobId),
    changes,
    ask: context.ask,
    network: stores.network,
    names: {
      source: (path) => nameIn(errand.source, path),
      destination: (path) => nameIn(errand.destination, path),
    },
  };
}

function planOf(
  context: CommandContext,
  errand: Errand,
  world: World,
  sizing: ReturnType<typeof sizeJob>,
): JobPlan {
  const { source, destination } = world;
  return {
    rules: errand.rules,
    changes: errand.changes,
    removalsApart: errand.removalsApart,
    mayRemove: errand.mayRemove ?? (() => ({ approved: false })),
    logWords: errand.logWords,
    renamedTo: errand.renamedTo,
    scan: (from, signal) => errand.scan({ source, destination }, from, signal),
    destinationNames: namesOf(context, errand, destination.traits.caseSensitive),
    lanes: sizing.lanes,
    memoryBytesMax: sizing.scheduler.memoryBytes,
    progressIntervalMs,
    planLimits,
    tuning:
      sizing.tuning === undefined
        ? undefined
        : {
            limits: sizing.tuning,
            windowBytesFor: (concurrency) => windowBytesFor(concurrency, errand.rules.blockBytes),
          },
  };
}

function namesOf(context: CommandContext, errand: Errand, caseSensitive: boolean): DestinationNames {
  const local = errand.destination.kind === "local";
  return { keyOf: local ? localKey(context.platform, caseSensitive) : undefined, caseSensitive };
}

/** A staging folder of a job that nobody here knows is rubbish only after this long, ms. */
const abandonedAfterMs = 24 * 3_600_000;

/** Staging folders of jobs that are over are rubbish; the others' may be resumed. */
async function sweep(context: CommandContext, destination: Endpoint): Promise<void> {
  const { disk, plansFolder } = context;
  const live = new Set<string>();
  for (const jobId of await listJobs(disk, plansFolder)) {
    const status = await storedStatus(disk, plansFolder, jobId);
    if (!isOver(status)) live.add(jobId);
  }
  const untouchedSinceMs = context.clock.now() - abandonedAfterMs;
  await context.stores.sweep(destination, { isLive: (jobId) => live.has(jobId), untouchedSinceMs });
}
