import { strict as assert } from "node:assert";
import type { Gap } from "../backends/backend.ts";
import { messageOf, StorageError } from "../foundation/errors.ts";
import type { Outcome, Transfer } from "../journal/records.ts";
import type { Counters } from "./counters.ts";
import { skipStatus, type TransferDetail, type TransferStatus } from "./events.ts";
import type { World } from "./world.ts";

/** The words that scripts look for in a job's log, by what was done (surface spec 8.3). */
export interface LogWords {
  readonly done: string;
  readonly failed: string;
  /** What is told of each removal that is beside the transfers, before its path. */
  readonly removing?: string;
}

/** Counts what becomes of transfers, and writes it to the job's log. */
export class Ledger {
  readonly counters: Counters;
  readonly #world: Pick<World, "names" | "log" | "report">;
  readonly #words: LogWords;
  /** Removals are counted apart from the job's transfers (sync), not as its transfers (remove). */
  readonly #removalsApart: boolean;

  constructor(
    counters: Counters,
    world: Pick<World, "names" | "log" | "report">,
    words: LogWords,
    removalsApart: boolean,
  ) {
    this.counters = counters;
    this.#world = world;
    this.#words = words;
    this.#removalsApart = removalsApart;
  }

  planned(transfer: Transfer): void {
    if (this.#isApart(transfer)) this.counters.deletions.planned++;
    else this.counters.plan(transfer.bytes);
  }

  /** `moved`: how many of its bytes were counted as done while it ran. */
  ended(transfer: Transfer, outcome: Outcome, moved: number): void {
    switch (outcome.state) {
      case "done":
        if (this.#isApart(transfer)) this.#removed(transfer);
        // A change of properties moves no content.
        else this.counters.finish(transfer.action === "change" ? 0 : transfer.bytes, moved);
        break;
      case "skipped":
        this.counters.skip(this.#detail(transfer, skipStatus(outcome.reason)), moved);
        break;
      case "failed":
        this.#failed(transfer, outcome, moved);
        break;
      case "cancelled":
        return;
    }
    this.#log(transfer, outcome);
  }

  gap(gap: Gap): void {
    this.counters.plan(0);
    const outcome = outcomeOf(gap.error);
    this.#failed({ path: gap.path, bytes: 0 }, outcome, 0);
    this.#world.log(
      "ERROR",
      `${this.#world.names.source(gap.path)} could not be listed: ${gap.error.message}`,
    );
  }

  #removed({ path }: Transfer): void {
    this.counters.deletions.done++;
    const { removing } = this.#words;
    if (removing === undefined) return;
    this.#world.report({ event: "info", level: "info", text: `${removing}: ${path}` });
  }

  #isApart(transfer: Pick<Named, "action">): boolean {
    return this.#removalsApart && transfer.action === "remove";
  }

  #failed(transfer: Named, outcome: Outcome, moved: number): void {
    assert(outcome.state === "failed");
    const detail = this.#detail(transfer, "Failed");
    const told = { ...detail, errorStatus: outcome.status, message: outcome.message };
    if (this.#isApart(transfer)) this.counters.failDeletion(told);
    else this.counters.fail(told, moved);
  }

  #detail(transfer: Named, status: TransferStatus): TransferDetail {
    const destination = this.#world.names.destination(transfer.renamedTo ?? transfer.path);
    const source = this.#isApart(transfer) ? destination : this.#world.names.source(transfer.path);
    return { source, destination, status, bytes: transfer.bytes, errorStatus: 0, message: "" };
  }

  #log(transfer: Transfer, outcome: Outcome): void {
    const { log } = this.#world;
    const { source, destination } = this.#detail(transfer, "Success");
    const words = transfer.action === "remove" ? removalWords : this.#words;
    const to = transfer.action === undefined ? ` -> ${destination}` : "";
    if (outcome.state === "done") log("INFO", `${words.done}: ${source}${to}`);
    if (outcome.state === "skipped")
      log("WARNING", `${source} skipped (${outcome.reason}) Dst: ${destination}`);
    if (outcome.state !== "failed") return;
    const status = String(outcome.status).padStart(3, "0");
    log("ERROR", `${words.failed}: ${source} : ${status} : ${outcome.message}\n   Dst: ${destination}`);
  }
}

const removalWords: LogWords = { done: "DELETE SUCCESSFUL", failed: "DELETE ERROR" };

interface Named {
  readonly action?: Transfer["action"] | undefined;
  readonly path: string;
  readonly renamedTo?: string;
  readonly bytes: number;
}

/** How the journal notes an error. What is no StorageError is a fault of ours. */
export function outcomeOf(error: unknown): Outcome {
  if (!(error instanceof StorageError)) {
    return { state: "failed", code: "Internal", status: 0, message: messageOf(error) };
  }
  return { state: "failed", code: error.code, status: error.status ?? 0, message: error.message };
}
