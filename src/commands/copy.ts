import type { Endpoint } from "../backends/endpoint.ts";
import { localNames, nameIn } from "../backends/index.ts";
import type { JobStatus } from "../job/events.ts";
import type { CopyRules } from "../job/order.ts";
import { planFormat } from "../journal/job-folder.ts";
import { JobJournal } from "../journal/job-journal.ts";
import { compileFilter, type FilterSpec } from "../listing/filter.ts";
import { select } from "../listing/select.ts";
import { carryOut } from "./carry-out.ts";
import type { CommandContext } from "./context.ts";
import { type CopyOrder, copyErrand, storeEndpoint } from "./copy-order.ts";
import { emptyFoldersNotice } from "./empty-folders.ts";
import { type CopyRoute, resolveCopy, wildcardWarning } from "./resolve-copy.ts";

/** What the command line asked for, checked and in our own words. */
export interface CopyRequest {
  readonly source: string;
  readonly destination: string;
  readonly recursive: boolean;
  readonly asSubdir: boolean;
  readonly includePath: readonly string[] | undefined;
  readonly fromTo: string | undefined;
  readonly filter: FilterSpec;
  readonly rules: Omit<CopyRules, "direction">;
  readonly dryRun: boolean;
}

/** `azcopy copy`. Throws StorageError for what is wrong before any object is touched. */
export async function copy(context: CommandContext, request: CopyRequest): Promise<JobStatus> {
  const { stores, report } = context;
  const filter = compileFilter(request.filter);
  const route = await resolveCopy({
    source: request.source,
    destination: request.destination,
    flags: request,
    workingFolder: context.workingFolder,
    platform: context.platform,
    localNames: localNames(context.platform),
    openSource: (endpoint: Endpoint) => stores.openSource(endpoint),
    openDestination: (endpoint: Endpoint) => stores.openDestination(endpoint, context.jobId),
    signal: context.cancel,
  });
  for (const text of route.notices) report({ event: "info", level: "info", text });
  const literal = request.filter.excludePaths.some((path) => /[*?]/.test(path))
    ? [wildcardWarning("exclude-path")]
    : [];
  for (const text of [...route.warnings, ...literal]) report({ event: "info", level: "warning", text });
  if (request.dryRun) return dryRun(context, route, filter);
  const direction = route.source.kind === "local" ? "upload" : "download";
  const order: CopyOrder = {
    verb: "copy",
    fromTo: route.fromTo,
    source: storeEndpoint(route.source),
    destination: storeEndpoint(route.destination),
    selection: route.selection,
    filter: request.filter,
    ...(route.renamedTo === undefined ? {} : { renamedTo: route.renamedTo }),
    rules: { ...request.rules, direction },
  };
  const journal = await JobJournal.create(context.disk, context.plansFolder, {
    format: planFormat,
    jobId: context.jobId,
    startedMs: context.clock.now(),
    command: context.commandLine,
    order,
  });
  report({ event: "info", level: "info", text: emptyFoldersNotice(request.recursive) });
  report({ event: "info", level: "info", text: "Scanning..." });
  const snapshot = await carryOut(context, journal, copyErrand(order, route, route.found), false);
  return snapshot.status;
}

/** Tells what would be copied, from the same scan that a run would make. */
async function dryRun(
  context: CommandContext,
  route: CopyRoute,
  filter: ReturnType<typeof compileFilter>,
): Promise<JobStatus> {
  const source = context.stores.openSource(route.source);
  let gaps = 0;
  for await (const page of select(source, route.selection, filter, { found: route.found }, context.cancel)) {
    for (const entry of page.files) {
      context.report({
        event: "planned",
        detail: {
          action: "copy",
          source: nameIn(route.source, entry.path),
          destination: nameIn(route.destination, route.renamedTo ?? entry.path),
          bytes: entry.bytes,
          fromTo: route.fromTo,
        },
      });
    }
    for (const gap of page.gaps) {
      gaps++;
      const text = `${nameIn(route.source, gap.path)}: ${gap.error.message}`;
      context.report({ event: "info", level: "warning", text });
    }
  }
  return gaps > 0 ? "Failed" : "Completed";
}
