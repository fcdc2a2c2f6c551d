import type { CommandOutput, OutputOptions } from "./command-output.ts";
import { JsonOutput } from "./json-output.ts";
import { TextOutput } from "./text-output.ts";

const silent: CommandOutput = {
  report: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  endOfJob: () => {},
  showJobs: () => {},
  showJob: () => {},
  showTransfers: async () => {},
  // The listing goes on: its exit code tells whether everything can be listed.
  showObjects: async () => true,
  showTally: () => {},
  ask: () => {},
  answered: () => {},
  respond: () => {},
};

/**
 * What a command prints through, by --output-type and --output-level (surface spec 4.7): "quiet" and "none" print
 * nothing at all, not even errors; "essential" leaves out progress, information and questions.
 */
export function createReporter(options: OutputOptions): CommandOutput {
  if (options.outputLevel === "quiet") return silent;
  switch (options.outputType) {
    case "none":
      return silent;
    case "json":
      return new JsonOutput(options);
    case "text":
      return new TextOutput(options);
  }
}
