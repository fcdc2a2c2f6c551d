import type { CommandContext } from "../commands/context.ts";
import { copy } from "../commands/copy.ts";
import { remove } from "../commands/remove.ts";
import { setProperties } from "../commands/set-properties.ts";
import { sync } from "../commands/sync.ts";
import { StorageError } from "../foundation/errors.ts";
import type { JobStatus } from "../job/events.ts";
import type { Asked } from "./asked.ts";
import { copyRequest } from "./copy-request.ts";
import type { ArgumentError } from "./flags/argument-error.ts";
import { inputError } from "./flags/change-flags.ts";
import type { Invocation } from "./flags/parse.ts";
import { CommandError } from "./job-commands.ts";
import { removeRequest } from "./remove-request.ts";
import { setPropertiesRequest } from "./set-properties-request.ts";
import { syncRequest } from "./sync-request.ts";

/** The commands that begin a job. */
export type JobInvocation = Extract<Invocation, { command: "copy" | "sync" | "remove" | "set-properties" }>;

/** A job as its command line asks for it. */
export interface AskedJob {
  /** WARN lines, to be printed first. */
  readonly warnings: readonly string[];
  readonly dryRun: boolean;
  run(context: CommandContext): Promise<JobStatus>;
}

/** Reads what a command line asks for. Throws CommandError and FromToError for what cannot be. */
export function askedJob(invocation: JobInvocation, platform: NodeJS.Platform): AskedJob {
  switch (invocation.command) {
    case "copy": {
      const request = copyRequest(invocation, platform);
      if ("route" in request) throw new CommandError(request.message);
      return { warnings: [], dryRun: request.dryRun, run: (context) => copy(context, request) };
    }
    case "sync":
      return jobFrom(syncRequest(invocation, platform), sync);
    case "remove":
      return jobFrom(removeRequest(invocation, platform), remove);
    case "set-properties":
      return jobFrom(setPropertiesRequest(invocation, platform), setProperties);
  }
}

function jobFrom<Request extends { readonly dryRun: boolean }>(
  asked: Asked<Request> | ArgumentError,
  run: (context: CommandContext, request: Request) => Promise<JobStatus>,
): AskedJob {
  if ("route" in asked) throw new CommandError(asked.message);
  const { request, warnings } = asked;
  return { warnings, dryRun: request.dryRun, run: (context) => run(context, request) };
}

const errorStarts: Readonly<Record<JobInvocation["command"], string>> = {
  copy: "Cannot perform copy due to error: ",
  sync: "Cannot perform sync due to error: ",
  remove: "failed to perform remove command due to error: ",
  "set-properties": "failed to perform set-properties command due to error: ",
};

/** How a command begins what it says of a failure (surface spec 1.3); "" for those that say nothing before it. */
export function errorStart(command: Invocation["command"], error: Error): string {
  const isChange = command === "remove" || command === "set-properties";
  if (isChange && error instanceof StorageError && error.code === "InvalidArgument") return inputError;
  const starts: Readonly<Record<string, string>> = errorStarts;
  return starts[command] ?? "";
}

/** How a command's output is laid out. */
export function runKind(invocation: Invocation): "copy" | "sync" | "resume" | "dryRun" {
  if (invocation.command === "jobs resume") return "resume";
  if ("dryRun" in invocation.flags && invocation.flags.dryRun) return "dryRun";
  return invocation.command === "sync" ? "sync" : "copy";
}

/** Whether a command may ask its user something while it runs. */
export function asksQuestions(invocation: Invocation): boolean {
  if (invocation.command === "copy") return invocation.flags.overwrite === "prompt";
  return invocation.command === "sync" && invocation.flags.deleteDestination === "prompt";
}
