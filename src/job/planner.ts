import type { Entry, Gap, Traits } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import type { JobJournal } from "../journal/job-journal.ts";
import { gapName } from "../journal/part-state.ts";
import type { Outcome, ScanSkips, Transfer } from "../journal/records.ts";
import type { SelectedPage } from "../listing/select.ts";
import { blockBytesFor } from "./block-plan.ts";
import type { CollisionGuard } from "./collision-guard.ts";
import type { CopyRules } from "./order.ts";
import { OpenPart, type PartQueue } from "./part-queue.ts";

/** What the planner tells while it goes. */
export interface PlannerEvents {
  planned(transfer: Transfer): void;
  /** A transfer that can be seen to fail without being tried. */
  refused(part: OpenPart, transfer: Transfer, error: StorageError): void;
  gap(gap: Gap): void;
  skips(skips: ScanSkips): void;
  partFull(part: OpenPart): void;
}

export interface PlannerOptions {
  readonly journal: JobJournal;
  readonly queue: PartQueue;
  readonly rules: CopyRules;
  readonly traits: Traits;
  readonly renamedTo: Transfer["renamedTo"];
  readonly memoryBytesMax: number;
  readonly transfersPerPart: number;
  readonly collisions: CollisionGuard;
  readonly events: PlannerEvents;
  /** Where an earlier run's scan stopped. */
  readonly resumeAt: {
    readonly nextPart: number;
    readonly skips: ScanSkips;
    readonly names: ReadonlySet<string>;
  };
}

/**
 * Turns pages of the scan into journaled transfers. Records are appended without waiting while one sync at a
 * time runs; whatever was appended before a sync began is handed to the lanes when it has ended (invariant 1),
 * so data moves as soon as the first page is planned and a slow disk makes larger batches, not more waiting.
 */
export class Planner {
  readonly #options: PlannerOptions;
  #part: OpenPart | undefined;
  #nextPart: number;
  #skips: ScanSkips;
  #unsynced: { part: OpenPart; transfer: Transfer }[] = [];
  #syncing: Promise<void> | undefined;
  #syncFailure: unknown;
  #token: string | undefined;

  constructor(options: PlannerOptions) {
    this.#options = options;
    this.#nextPart = options.resumeAt.nextPart;
    this.#skips = options.resumeAt.skips;
  }

  /** Plans every page, then closes the plan. Rejects with the scan's error; what was planned stays planned. */
  async run(pages: AsyncIterable<SelectedPage>): Promise<void> {
    try {
      for await (const page of pages) await this.#planPage(page);
      const part = await this.#openPart();
      part.log?.append({ record: "scanned", skips: this.#skips });
      await this.#settle();
      await this.#close(part);
    } catch (error) {
      // What was planned before the scan failed is carried out all the same.
      await this.#settle().catch(() => {});
      if (this.#part !== undefined) await this.#close(this.#part);
      throw error;
    }
  }

  async #planPage(page: SelectedPage): Promise<void> {
    const { names } = this.#options.resumeAt;
    this.#token = page.token;
    (await this.#openPart()).log?.append({ record: "cursor", token: page.token, skips: this.#skips });
    for (const gap of page.gaps) {
      if (names.has(gapName(gap.path))) continue;
      const { code, message } = gap.error;
      (await this.#openPart()).log?.append({ record: "gap", path: gap.path, code, message });
      this.#options.events.gap(gap);
    }
    for (const entry of page.files) {
      if (names.has(entry.path)) continue;
      const part = this.#part?.planned !== this.#options.transfersPerPart ? this.#part : undefined;
      await this.#plan(part ?? (await this.#openPart()), entry);
    }
    const { symlinks, specials } = this.#skips;
    this.#skips = { symlinks: symlinks + page.symlinks, specials: specials + page.specials };
    this.#options.events.skips(this.#skips);
    if (this.#syncFailure !== undefined) throw this.#syncFailure;
    this.#syncSoon();
  }

  #plan(part: OpenPart, entry: Entry): Promise<void> | undefined {
    const { rules, traits, renamedTo, collisions, memoryBytesMax } = this.#options;
    const transfer: Transfer = {
      index: part.planned++,
      path: entry.path,
      ...(renamedTo === undefined ? {} : { renamedTo }),
      bytes: entry.bytes,
      blockBytes: blockBytesFor(entry.bytes, rules, traits),
      modifiedMs: entry.modifiedMs,
      version: entry.version,
      ...(entry.contentMd5 === undefined ? {} : { contentMd5: entry.contentMd5 }),
    };
    part.log?.append({ record: "planned", transfer });
    this.#options.events.planned(transfer);
    const refusal = tooLarge(transfer, traits, memoryBytesMax);
    if (refusal !== undefined) return this.#refuse(part, transfer, refusal);
    const check = collisions.check(transfer.renamedTo ?? transfer.path);
    if (check === undefined) {
      this.#unsynced.push({ part, transfer });
      return undefined;
    }
    return check.then((error) => {
      if (error !== undefined) return this.#refuse(part, transfer, error);
      this.#unsynced.push({ part, transfer });
      return undefined;
    });
  }

  #refuse(part: OpenPart, transfer: Transfer, error: StorageError): undefined {
    const outcome: Outcome = { state: "failed", code: error.code, status: 0, message: error.message };
    part.append(transfer.index, outcome);
    this.#options.events.refused(part, transfer, error);
    return undefined;
  }

  async #openPart(): Promise<OpenPart> {
    if (this.#part !== undefined && this.#part.planned < this.#options.transfersPerPart) return this.#part;
    if (this.#part !== undefined) {
      await this.#settle();
      await this.#close(this.#part);
    }
    const number = this.#nextPart++;
    const part = new OpenPart(number, await this.#options.journal.createPart(number));
    part.log?.append({ record: "cursor", token: this.#token, skips: this.#skips });
    if (!this.#options.queue.hasRoom) this.#options.queue.spill(part);
    this.#part = part;
    return part;
  }

  async #close(part: OpenPart): Promise<void> {
    this.#part = undefined;
    if (part.spilled) {
      // Nobody appends to it before a lane loads it: plans far ahead cost no open file.
      await part.log?.close();
      part.log = undefined;
    }
    part.full = true;
    this.#options.events.partFull(part);
    this.#options.queue.wake();
  }

  #syncSoon(): void {
    if (this.#syncing !== undefined || this.#unsynced.length === 0) return;
    this.#syncing = this.#syncOnce()
      .catch((error: unknown) => {
        this.#syncFailure = error;
      })
      .finally(() => {
        this.#syncing = undefined;
        if (this.#syncFailure === undefined) this.#syncSoon();
      });
  }

  async #syncOnce(): Promise<void> {
    const batch = this.#unsynced;
    this.#unsynced = [];
    for (const part of new Set(batch.map((item) => item.part))) await part.log?.sync();
    for (const { part, transfer } of batch) {
      if (!part.spilled) this.#options.queue.push({ part, transfer, known: undefined });
    }
  }

  /** Resolves when all that was planned is durable and handed over. */
  async #settle(): Promise<void> {
    while (this.#syncing !== undefined || (this.#unsynced.length > 0 && this.#syncFailure === undefined)) {
      this.#syncSoon();
      await this.#syncing;
    }
    if (this.#syncFailure !== undefined) throw this.#syncFailure;
    await this.#part?.log?.sync();
  }
}

/** An object that no setting of ours can carry over fails at once, with what to change. */
function tooLarge(transfer: Transfer, traits: Traits, memoryBytesMax: number): StorageError | undefined {
  const { bytes, blockBytes } = transfer;
  const buffer = Math.min(bytes, blockBytes);
  if (buffer > memoryBytesMax) {
    return new StorageError(
      "InvalidArgument",
      `cannot use a block of ${buffer} bytes: block buffers are limited to ${memoryBytesMax} bytes of memory; ` +
        "use a smaller --block-size-mb, or raise AZCOPY_BUFFER_GB",
    );
  }
  if (bytes <= blockBytes) return undefined;
  if (blockBytes > traits.blockBytesMax || Math.ceil(bytes / blockBytes) > traits.blockCountMax) {
    return new StorageError(
      "InvalidArgument",
      `${bytes} bytes in blocks of ${blockBytes} bytes are beyond what the destination takes ` +
        `(${traits.blockCountMax} blocks of ${traits.blockBytesMax} bytes); use another --block-size-mb`,
    );
  }
  return undefined;
}
