import type { Entry } from "../backends/backend.ts";
import type { Endpoint } from "../backends/endpoint.ts";
import { localKey, nameIn } from "../backends/index.ts";
import { isOver, type Snapshot } from "../job/events.ts";
import { noChanges } from "../job/order.ts";
import { planLimits } from "../job/part-queue.ts";
import { readEarlierRun } from "../job/resume.ts";
import { runJob } from "../job/run-job.ts";
import { Scheduler } from "../job/scheduler.ts";
import type { World } from "../job/world.ts";
import { type JobJournal, listJobs, storedStatus } from "../journal/job-journal.ts";
import { compileFilter } from "../listing/filter.ts";
import { select } from "../listing/select.ts";
import type { CommandContext } from "./context.ts";
import type { CopyOrder } from "./copy-order.ts";
import { sizeJob, windowBytesFor } from "./sizing.ts";

/** How often a person hears of the job's progress, ms. */
const progressIntervalMs = 2_000;

/** The endpoints of an order, credentials included. */
export interface CopyEndpoints {
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

/**
 * Runs a copy job, new or taken up again, to its end, and reports it. Closes the journal. `found`: what a look at a
 * sole source object gave a moment ago. Rejects with the scan's error when the source cannot be listed at all.
 */
export async function carryOut(
  context: CommandContext,
  journal: JobJournal,
  order: CopyOrder,
  endpoints: CopyEndpoints,
  start: "resumed" | { readonly found: Entry | undefined },
): Promise<Snapshot> {
  const { clock, random, log, report, stores, capacity } = context;
  const { rules } = order;
  try {
    const earlier =
      start === "resumed" ? await readEarlierRun(journal, rules.direction === "upload") : undefined;
    if (rules.direction === "download") await sweep(context, endpoints.destination);
    const source = stores.openSource(endpoints.source);
    const destination = stores.openDestination(endpoints.destination, journal.header.jobId);
    const sizing = sizeJob(capacity, rules.blockBytes);
    const filter = compileFilter(order.filter);
    const found = start === "resumed" ? undefined : start.found;
    const world: World = {
      clock,
      random,
      log,
      report,
      journal,
      source,
      destination,
      changes: undefined,
      ask: context.ask,
      network: stores.network,
      names: {
        source: (path) => nameIn(endpoints.source, path),
        destination: (path) => nameIn(endpoints.destination, path),
      },
    };
    await journal.writeStatus("InProgress");
    report({ event: "started", jobId: journal.header.jobId, logFile: context.logFile });
    await context.beforeFirstOpen();
    const word = rules.direction === "upload" ? "UPLOAD" : "DOWNLOAD";
    const plan = {
      rules,
      changes: noChanges,
      removalsApart: false,
      mayRemove: () => false,
      logWords: { done: `${word}SUCCESSFUL`, failed: `${word}FAILED` },
      renamedTo: order.renamedTo,
      scan: (from: string | undefined, signal: AbortSignal) =>
        select(source, order.selection, filter, { from, found }, signal),
      destinationNames: {
        keyOf: endpoints.destination.kind === "local" ? localKey(context.platform) : undefined,
        caseSensitive: destination.traits.caseSensitive,
      },
      lanes: sizing.lanes,
      memoryBytesMax: sizing.scheduler.memoryBytes,
      progressIntervalMs,
      planLimits,
      tuning: sizing.tuning === undefined ? undefined : { limits: sizing.tuning, windowBytesFor },
    };
    const snapshot = await runJob(world, plan, new Scheduler(sizing.scheduler), context.cancel, earlier);
    await journal.writeStatus(snapshot.status);
    report({ event: "ended", snapshot });
    return snapshot;
  } finally {
    await journal.close();
  }
}

/** Staging folders of jobs that are over or unknown are rubbish; the others' may be resumed. */
async function sweep(context: CommandContext, destination: Endpoint): Promise<void> {
  const { disk, plansFolder } = context;
  const live = new Set<string>();
  for (const jobId of await listJobs(disk, plansFolder)) {
    const status = await storedStatus(disk, plansFolder, jobId);
    if (!isOver(status)) live.add(jobId);
  }
  await context.stores.sweep(destination, (jobId) => live.has(jobId));
}
