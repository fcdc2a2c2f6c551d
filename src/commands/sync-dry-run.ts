import type { Entry } from "../backends/backend.ts";
import { nameIn } from "../backends/index.ts";
import type { JobStatus } from "../job/events.ts";
import type { Errand } from "./carry-out.ts";
import type { CommandContext } from "./context.ts";

/**
 * Tells what would be done, from the same scan and by the same law as a run. Removals depend on the whole scan, so
 * they come from a second one: holding them all would take memory without end.
 */
export async function syncDryRun(context: CommandContext, errand: Errand): Promise<JobStatus> {
  const { stores, report } = context;
  const source = stores.openSource(errand.source);
  const destination = stores.openDestination(errand.destination, context.jobId);
  const scan = () => errand.scan({ source, destination }, undefined, context.cancel);
  let gaps = 0;
  let removals = 0;
  for await (const page of scan()) {
    gaps += page.gaps.length;
    removals += page.removals?.length ?? 0;
    for (const entry of page.files) report({ event: "planned", detail: copyDetail(errand, entry) });
  }
  if (removals === 0) return gaps > 0 ? "Failed" : "Completed";
  const verdict = errand.mayRemove?.(gaps, removals);
  if (verdict?.approved !== true) {
    const text = verdict?.error?.message ?? "nothing would be removed";
    report({ event: "info", level: "warning", text });
    return "Failed";
  }
  for await (const page of scan()) {
    for (const entry of page.removals ?? [])
      report({ event: "planned", detail: removalDetail(errand, entry) });
  }
  return "Completed";
}

function removalDetail(errand: Errand, entry: Entry) {
  return {
    action: "remove" as const,
    source: nameIn(errand.destination, entry.path),
    destination: "",
    bytes: entry.bytes,
    fromTo: errand.rules.direction === "upload" ? "BlobTrash" : "LocalTrash",
  };
}

function copyDetail(errand: Errand, entry: Entry) {
  return {
    action: "copy" as const,
    source: nameIn(errand.source, entry.path),
    destination: nameIn(errand.destination, errand.renamedTo ?? entry.path),
    bytes: entry.bytes,
    fromTo: fromToOf(errand),
  };
}

const fromToOf = (errand: Errand): string =>
  errand.rules.direction === "upload" ? "LocalBlob" : "BlobLocal";
