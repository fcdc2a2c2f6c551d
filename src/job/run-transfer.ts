import type {
  Block,
  Destination,
  Entry,
  Expectation,
  Properties,
  Source,
  Target,
  Writer,
} from "../backends/backend.ts";
import { eachConcurrently } from "../foundation/each.ts";
import { StorageError } from "../foundation/errors.ts";
import type { Log } from "../foundation/log.ts";
import type { BlockSet } from "../journal/block-set.ts";
import type { Outcome, Transfer } from "../journal/records.ts";
import { blocksOf } from "./block-plan.ts";
import type { CopyRules } from "./order.ts";
import { md5Of, OrderedDigest } from "./ordered-digest.ts";
import { decideOverwrite, type OverwritePrompt } from "./overwrite.ts";
import type { Scheduler } from "./scheduler.ts";

export interface Carrier {
  readonly source: Source;
  readonly destination: Destination;
  readonly scheduler: Scheduler;
  readonly rules: CopyRules;
  readonly prompt: OverwritePrompt;
  readonly log: Log;
  /** Writers that are open now: the settling of the job reaches what they hold. */
  readonly writers: Set<Writer>;
}

/** What the journal and the counters learn while a transfer runs. */
export interface Progress {
  /** A block has arrived; `noted`: the journal has it already. */
  delivered(block: Block, noted: boolean): void;
  /** What the journal notes of this transfer's blocks is no longer so: nothing of it counts. */
  forgotten(): void;
}

/**
 * Carries one object over. What `known` (the journal) and the destination agree on is not sent again. Throws
 * StorageError as the stores do, "Cancelled" when the job was.
 */
export async function runTransfer(
  carrier: Carrier,
  part: number,
  transfer: Transfer,
  known: BlockSet | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<Outcome> {
  requireMd5(carrier.rules, transfer);
  const path = transfer.renamedTo ?? transfer.path;
  const decision = await decideOverwrite(carrier.rules.overwrite, transfer, path, carrier, signal);
  if (!decision.write) return { state: "skipped", reason: decision.reason };
  const target: Target = {
    path,
    bytes: transfer.bytes,
    expect: decision.expect,
    part,
    index: transfer.index,
  };
  try {
    if (transfer.bytes <= transfer.blockBytes) await carryWhole(carrier, transfer, target, signal);
    else await carryBlocks(carrier, transfer, target, known, progress, signal);
  } catch (error) {
    if (lostTheRace(error, decision.expect, carrier.rules)) return { state: "skipped", reason: "exists" };
    throw error;
  }
  return { state: "done" };
}

/** With --overwrite=false somebody who was quicker is as good as somebody who was there before. */
function lostTheRace(error: unknown, expect: Expectation, rules: CopyRules): boolean {
  if (rules.overwrite !== "false" || expect.kind !== "absent") return false;
  return error instanceof StorageError && error.code === "AlreadyExists";
}

async function carryWhole(
  carrier: Carrier,
  transfer: Transfer,
  target: Target,
  signal: AbortSignal,
): Promise<void> {
  const entry = entryOf(transfer);
  await carrier.scheduler.run(transfer.bytes, async (bytes) => {
    await carrier.source.read(entry, { offset: 0, length: transfer.bytes }, bytes, signal);
    const wanted = checksMd5(carrier.rules, transfer);
    const md5 = wanted || (carrier.rules.putMd5 && transfer.bytes > 0) ? md5Of(bytes) : undefined;
    if (wanted && md5 !== undefined) compareMd5(carrier, transfer, md5);
    const properties = await propertiesOf(carrier, entry, bytes, md5, signal);
    await carrier.destination.put(target, bytes, properties, signal);
  });
}

async function carryBlocks(
  carrier: Carrier,
  transfer: Transfer,
  target: Target,
  known: BlockSet | undefined,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const entry = entryOf(transfer);
  const blocks = blocksOf(transfer.bytes, transfer.blockBytes);
  const writer = await carrier.destination.write(target, blocks, signal);
  carrier.writers.add(writer);
  try {
    const held = known === undefined || known.size === 0 ? undefined : await writer.delivered(signal);
    if (held === "committed") return;
    const digest = digestFor(carrier.rules, transfer, blocks);
    const fetch = (block: Block, into: Uint8Array): Promise<void> =>
      carrier.rules.direction === "upload"
        ? carrier.source.read(entry, block.range, into, signal)
        : writer.readBack(block, into, signal);
    const kept = blocks.filter(
      (block) => known?.has(block.index) === true && held?.has(block.index) === true,
    );
    // A store that lost blocks may come to hold others under their names: the old lines must not vouch for those.
    const noted = kept.length === (known?.size ?? 0);
    if (!noted) progress.forgotten();
    for (const block of kept) {
      digest?.skip(block);
      progress.delivered(block, noted);
    }
    const there = new Set(kept);
    const missing = kept.length === 0 ? blocks : blocks.filter((block) => !there.has(block));
    // Blocks of an earlier run were read from the source as it was then: it must still be so.
    if (missing.length < blocks.length) await carrier.source.verify(entry, signal);
    await eachConcurrently(missing, Math.min(writer.blocksAtOnce, blocksAtOnceMax), (block) =>
      carrier.scheduler.run(block.range.length, async (bytes) => {
        await carrier.source.read(entry, block.range, bytes, signal);
        await writer.deliver(block, bytes, signal);
        progress.delivered(block, false);
        // Only now: a digest that catches up reads back what has passed.
        digest?.pass(block, bytes);
        // The last block is shorter than the others: its buffer cannot take one of them.
        if (digest !== undefined && block.range.length === transfer.blockBytes)
          await digest.catchUp(bytes, fetch);
      }),
    );
    if (digest !== undefined && !digest.complete) {
      await carrier.scheduler.run(transfer.blockBytes, (bytes) => digest.catchUp(bytes, fetch));
    }
    const md5 = digest?.end();
    if (checksMd5(carrier.rules, transfer) && md5 !== undefined) compareMd5(carrier, transfer, md5);
    await writer.commit(await propertiesOf(carrier, entry, undefined, md5, signal), signal);
  } catch (error) {
    if (forgets(error)) {
      progress.forgotten();
      await writer.abandon();
    } else {
      // The job's settling no longer reaches this writer, and the journal says that its blocks are there.
      await writer.settle().catch(() => {});
    }
    throw error;
  } finally {
    carrier.writers.delete(writer);
    await writer.suspend();
  }
}

/** Most blocks of one object that may be asked for at once; the scheduler decides how many really run. */
const blocksAtOnceMax = 64;

/** What was delivered is of no use to a later resume when it belongs to content that is no more. */
function forgets(error: unknown): boolean {
  return error instanceof StorageError && (error.code === "SourceChanged" || error.code === "Corrupt");
}

/** The entry that a transfer was planned from: what a store needs to tell whether it is still the same. */
export function entryOf(transfer: Transfer): Entry {
  return {
    kind: "file",
    path: transfer.path,
    bytes: transfer.bytes,
    modifiedMs: transfer.modifiedMs,
    version: transfer.version,
  };
}

async function propertiesOf(
  carrier: Carrier,
  entry: Entry,
  head: Uint8Array | undefined,
  md5: string | undefined,
  signal: AbortSignal,
): Promise<Properties> {
  const { rules } = carrier;
  if (rules.direction === "download") {
    return rules.preserveModified && entry.modifiedMs !== undefined ? { modifiedMs: entry.modifiedMs } : {};
  }
  const guess = rules.guessContentType && rules.fixed.contentType === undefined;
  const described = guess ? await carrier.source.describe(entry, head, signal) : {};
  const type = described.contentType === undefined ? {} : { contentType: described.contentType };
  return { ...type, ...rules.fixed, ...(md5 === undefined || !rules.putMd5 ? {} : { contentMd5: md5 }) };
}

const checksMd5 = (rules: CopyRules, transfer: Transfer): boolean =>
  rules.direction === "download" && rules.checkMd5 !== "NoCheck" && transfer.contentMd5 !== undefined;

function digestFor(
  rules: CopyRules,
  transfer: Transfer,
  blocks: readonly Block[],
): OrderedDigest | undefined {
  const wanted = checksMd5(rules, transfer) || (rules.direction === "upload" && rules.putMd5);
  return wanted ? new OrderedDigest(blocks) : undefined;
}

/** --check-md5=FailIfDifferentOrMissing fails before a byte is fetched (semantics 4.4). */
function requireMd5(rules: CopyRules, transfer: Transfer): void {
  if (rules.direction !== "download" || rules.checkMd5 !== "FailIfDifferentOrMissing") return;
  if (transfer.contentMd5 !== undefined || transfer.bytes === 0) return;
  throw new StorageError(
    "Corrupt",
    "the source has no MD5 to compare with, and --check-md5=FailIfDifferentOrMissing asks for one; " +
      "use --check-md5=FailIfDifferent to accept objects without one",
  );
}

function compareMd5(carrier: Carrier, transfer: Transfer, computed: string): void {
  if (computed === transfer.contentMd5) return;
  const text =
    `the MD5 of what arrived (${computed}) differs from the one stored with the source (${transfer.contentMd5}); ` +
    "the source's content or its stored MD5 is damaged. --check-md5=LogOnly accepts it";
  if (carrier.rules.checkMd5 !== "LogOnly") throw new StorageError("Corrupt", text);
  carrier.log("WARNING", `${transfer.path}: ${text}`);
}
