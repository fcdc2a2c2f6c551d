import { redact } from "../../foundation/redact.ts";

/**
 * What is wrong with a command line, by the way it reaches the user (surface spec 1.3): "A" flags and arguments,
 * "B" global settings (both always as text, on both streams), "C" everything that the command itself finds.
 */
export interface ArgumentError {
  readonly route: "A" | "B" | "C";
  /** Whole: no caller puts words around it. */
  readonly message: string;
}

export interface TextStreams {
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
}

/**
 * Prints an error of route A or B: the message on stdout; on stderr the message with `usage`, which is the
 * command's usage text or a line that says where help is. Route C goes through a reporter instead.
 */
export function printArgumentError(error: ArgumentError, usage: string, streams: TextStreams): void {
  const message = redact(error.message);
  streams.stderr(`Error: ${message}\n${usage}\n`);
  streams.stdout(`\n${message}\n`);
}
