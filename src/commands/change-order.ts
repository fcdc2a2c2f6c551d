import { asPath } from "../backends/backend.ts";
import type { Endpoint } from "../backends/endpoint.ts";
import { nameIn } from "../backends/index.ts";
import { nameOfBlob, parseBlobUrl } from "../backends/parse-endpoint.ts";
import { StorageError } from "../foundation/errors.ts";
import type { JobStatus } from "../job/events.ts";
import { type ChangeRules, type CopyRules, noChanges } from "../job/order.ts";
import { planFormat } from "../journal/job-folder.ts";
import { JobJournal } from "../journal/job-journal.ts";
import { compileFilter, type FilterSpec } from "../listing/filter.ts";
import { type Selection, select } from "../listing/select.ts";
import { carryOut, type Errand } from "./carry-out.ts";
import type { CommandContext } from "./context.ts";
import { type StoredEndpoint, storeEndpoint } from "./copy-order.ts";
import { emptyFoldersNotice } from "./empty-folders.ts";
import { splitBlob } from "./path-mapping.ts";
import { httpNotice } from "./resolve-copy.ts";

/** What `remove` and `set-properties` were asked to do: plain data in the job's header. No secret. */
export interface ChangeOrder {
  readonly verb: "remove" | "set-properties";
  readonly fromTo: string;
  readonly target: StoredEndpoint;
  readonly selection: Selection;
  readonly filter: FilterSpec;
  readonly changes: ChangeRules;
}

/** What of a container is meant. */
export interface ChangeRequest {
  readonly verb: ChangeOrder["verb"];
  readonly target: string;
  readonly fromTo: string | undefined;
  readonly recursive: boolean;
  readonly filter: FilterSpec;
  readonly includePath: readonly string[] | undefined;
  readonly changes: ChangeRules;
  readonly dryRun: boolean;
}

/** Nothing is copied by such a job; the engine asks for rules all the same. */
const noCopies: CopyRules = {
  direction: "upload",
  overwrite: "true",
  blockBytes: undefined,
  putBytes: undefined,
  putMd5: false,
  checkMd5: "NoCheck",
  preserveModified: false,
  guessContentType: false,
  fixed: {},
};

/**
 * Removes objects, or changes their properties, as a job. Throws StorageError for what is wrong before any object is
 * touched.
 */
export async function changeObjects(context: CommandContext, request: ChangeRequest): Promise<JobStatus> {
  const { report } = context;
  compileFilter(request.filter);
  if (/^http:/i.test(request.target)) report({ event: "info", level: "info", text: httpNotice });
  const { endpoint, selection } = await resolveTarget(context, request);
  const order: ChangeOrder = {
    verb: request.verb,
    fromTo: request.verb === "remove" ? "BlobTrash" : "BlobNone",
    target: storeEndpoint(endpoint),
    selection,
    filter: request.filter,
    changes: request.changes,
  };
  const errand = changeErrand(order, endpoint);
  if (request.dryRun) return dryRun(context, errand, order);
  const { disk, plansFolder, jobId, commandLine } = context;
  const startedMs = context.clock.now();
  const header = { format: planFormat, jobId, startedMs, command: commandLine, order } as const;
  const journal = await JobJournal.create(disk, plansFolder, header);
  const text = emptyFoldersNotice(request.recursive || request.verb !== "remove");
  report({ event: "info", level: "info", text });
  return (await carryOut(context, journal, errand, false)).status;
}

/** A removal or change as an errand: what the scan selects is done at once, as the user named it. */
export function changeErrand(order: ChangeOrder, target: Endpoint): Errand {
  const filter = compileFilter(order.filter);
  const action = order.verb === "remove" ? "remove" : "change";
  const word = order.verb === "remove" ? "DELETE" : "SET-PROPERTIES";
  return {
    source: target,
    destination: target,
    rules: noCopies,
    changes: order.changes ?? noChanges,
    needsChanges: true,
    removalsApart: false,
    logWords: { done: `${word} SUCCESSFUL`, failed: `${word} ERROR` },
    scan: async function* ({ source }, from, signal) {
      for await (const page of select(source, order.selection, filter, { from }, signal))
        yield { ...page, action };
    },
    rescans: false,
  };
}

/**
 * What the address means (semantics 1.6): a blob where there is one and the address does not say folder; otherwise
 * what lies below it. A final "/" or "/*" says folder, also where a blob of that name exists.
 */
async function resolveTarget(
  context: CommandContext,
  request: ChangeRequest,
): Promise<{ endpoint: Endpoint; selection: Selection }> {
  const { endpoint, trailingSlash, star } = parseBlobUrl(request.target);
  if (endpoint.container === "") {
    throw new StorageError(
      "InvalidArgument",
      `name a container in ${nameOfBlob(endpoint)}: whole accounts are not taken`,
    );
  }
  const { includePath, recursive } = request;
  if (includePath !== undefined) {
    return { endpoint, selection: { kind: "paths", paths: includePath.map(asPath), recursive } };
  }
  if (endpoint.path !== "" && !trailingSlash && !star) {
    const { root, path } = splitBlob(endpoint);
    const entry = await context.stores.openSource(root).stat(path, context.cancel);
    if (entry?.kind === "file") return { endpoint: root, selection: { kind: "object", path } };
  }
  return { endpoint, selection: { kind: "tree", recursive } };
}

async function dryRun(context: CommandContext, errand: Errand, order: ChangeOrder): Promise<JobStatus> {
  const source = context.stores.openSource(errand.source);
  const destination = context.stores.openDestination(errand.destination, context.jobId);
  let gaps = 0;
  for await (const page of errand.scan({ source, destination }, undefined, context.cancel)) {
    gaps += page.gaps.length;
    for (const entry of page.files) {
      const name = nameIn(errand.source, entry.path);
      const action = order.verb === "remove" ? "remove" : "change";
      context.report({
        event: "planned",
        detail: {
          action,
          source: name,
          destination: "",
          bytes: entry.bytes,
          fromTo: order.fromTo,
          ...(action === "change" ? { change: order.changes.change } : {}),
        },
      });
    }
  }
  return gaps > 0 ? "Failed" : "Completed";
}
