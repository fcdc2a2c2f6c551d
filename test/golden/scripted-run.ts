import type { CommandOutput, OutputOptions } from "../../src/cli/reporters/command-output.ts";
import { createReporter } from "../../src/cli/reporters/create-reporter.ts";
import { utcTime } from "../../src/cli/reporters/timestamps.ts";
import type { Counts, JobStatus, Snapshot, TransferDetail } from "../../src/job/events.ts";

export const jobId = "336f0456-2953-2149-4cd7-9c8f54c633a5";
export const logFile = `/home/me/.azcopy/${jobId}.log`;

/** What a reporter with these options prints while `run` uses it. Each line comes 1.5 ms after the one before. */
export function printed(options: Partial<OutputOptions>, run: (output: CommandOutput) => void): string {
  let text = "";
  let nowMs = Date.UTC(2026, 10, 22, 21, 12, 46, 780);
  const output = createReporter({
    outputType: "text",
    outputLevel: "default",
    run: "copy",
    write: (piece) => {
      text += piece;
    },
    isTerminal: true,
    columns: () => 200,
    now: () => {
      nowMs += 1.5;
      return nowMs;
    },
    zone: utcTime,
    ...options,
  });
  run(output);
  return text;
}

export function counts(some: Partial<Counts>): Counts {
  return {
    total: 3,
    done: 0,
    failed: 0,
    skipped: 0,
    bytesTotal: 20_000_008,
    bytesDone: 0,
    bytesGivenUp: 0,
    skips: { symlinks: 0, specials: 0 },
    ...some,
  };
}

export function snapshot(status: JobStatus, some: Partial<Snapshot>): Snapshot {
  return {
    jobId,
    status,
    scanned: true,
    counts: counts({}),
    network: {
      bytesOverWire: 10_300_680,
      requests: 7,
      serverBusy: 0,
      networkErrors: 0,
      requestMs: 917,
      activeConnections: 2,
    },
    bytesPerSecond: 0,
    elapsedMs: 2_000,
    newlyFailed: [],
    newlySkipped: [],
    ...some,
  };
}

export function failedTransfer(name: string, message: string): TransferDetail {
  return {
    source: `/data/src/${name}`,
    destination: `https://a.blob.core.windows.net/c/src/${name}`,
    status: "Failed",
    bytes: 6,
    errorStatus: 404,
    message,
  };
}

/** A copy that ends well, as its events tell it. */
export function goodCopy({ report }: CommandOutput): void {
  report({ event: "info", level: "info", text: "Scanning..." });
  report({ event: "started", jobId, logFile });
  report({
    event: "progress",
    snapshot: snapshot("InProgress", {
      scanned: false,
      counts: counts({ done: 2, bytesDone: 8 }),
      bytesPerSecond: 5_402_700,
    }),
  });
  report({ event: "info", level: "warning", text: "the network is slow" });
  report({
    event: "progress",
    snapshot: snapshot("InProgress", {
      counts: counts({ done: 2, bytesDone: 11_620_008 }),
      bytesPerSecond: 4_591_925,
      elapsedMs: 4_000,
    }),
  });
  report({
    event: "ended",
    snapshot: snapshot("Completed", {
      counts: counts({ done: 3, bytesDone: 20_000_008, skips: { symlinks: 2, specials: 1 } }),
      elapsedMs: 6_000,
    }),
  });
}

/** A copy in which much fails and that is then cancelled. */
export function badCopy({ report }: CommandOutput): void {
  report({ event: "started", jobId, logFile });
  const many = Array.from({ length: 12 }, (_, i) =>
    failedTransfer(`f${i}.txt`, `404 <no container> & ?sig=s${i}`),
  );
  report({
    event: "progress",
    snapshot: snapshot("InProgress", {
      counts: counts({ total: 20, failed: 12, skipped: 1, bytesGivenUp: 78 }),
      newlyFailed: many,
      newlySkipped: [
        {
          ...failedTransfer("old.txt", ""),
          status: "SkippedEntityAlreadyExists",
          errorStatus: 0,
        },
      ],
    }),
  });
  report({
    event: "ended",
    snapshot: snapshot("Cancelled", {
      counts: counts({ total: 20, failed: 13, skipped: 1, bytesGivenUp: 84 }),
      newlyFailed: [failedTransfer("last.txt", "503 busy")],
      network: {
        bytesOverWire: 0,
        requests: 7,
        serverBusy: 1,
        networkErrors: 3,
        requestMs: 100,
        activeConnections: 0,
      },
    }),
  });
}
