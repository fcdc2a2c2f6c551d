import { printArgumentError } from "./flags/argument-error.ts";
import { parseCommandLine } from "./flags/parse.ts";
import { version } from "./version.ts";

/** Everything that is not the shortest way to an answer is loaded only when a command needs it. */
async function main(): Promise<number> {
  const streams = {
    stdout: (text: string): void => void process.stdout.write(text),
    stderr: (text: string): void => void process.stderr.write(text),
  };
  const parsed = parseCommandLine(process.argv.slice(2));
  switch (parsed.kind) {
    case "version":
      streams.stdout(`azcopy version ${version}\n`);
      return 0;
    case "unknown topic":
      streams.stderr(parsed.text);
      return 0;
    case "wrong":
      if (parsed.error.route === "C") break;
      printArgumentError(parsed.error, parsed.usage, streams);
      return 1;
    case "help":
      if (parsed.globals !== undefined) break;
      streams.stdout(parsed.text);
      return 0;
    case "bare":
    case "run":
      break;
  }
  const { runSession } = await import("./session.ts");
  return runSession(parsed, streams);
}

main().then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    // A fault of ours, not of the world: the plan on disk stays good, so the job can be resumed.
    process.stderr.write(`internal error: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 2;
  },
);
