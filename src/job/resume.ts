import type { RelativePath } from "../backends/backend.ts";
import type { JobJournal } from "../journal/job-journal.ts";
import type { PartState } from "../journal/part-state.ts";
import type { ScanSkips } from "../journal/records.ts";
import { type DestinationNames, keyToRemember } from "./collision-guard.ts";
import { Counters } from "./counters.ts";
import { OpenPart } from "./part-queue.ts";

/** What former runs of a job left, and a resume takes up. */
export interface EarlierRun {
  /** Parts with transfers still to carry out, in order. */
  readonly parts: readonly OpenPart[];
  readonly nextPart: number;
  readonly counters: Counters | undefined;
  readonly scanned: boolean;
  /** The page to scan on from, and the names of that page (and behind it) that are planned already. */
  readonly token: string | undefined;
  readonly names: ReadonlySet<string>;
  readonly skips: ScanSkips;
  /** Destination paths that are done, but not yet sure to survive a power cut. */
  readonly unsettled: readonly RelativePath[];
  /** Keys of destination names that the collision guard remembered. */
  readonly takenKeys: ReadonlySet<string>;
}

export const noEarlierRun: EarlierRun = {
  parts: [],
  nextPart: 0,
  counters: undefined,
  scanned: false,
  token: undefined,
  names: new Set(),
  skips: { symlinks: 0, specials: 0 },
  unsettled: [],
  takenKeys: new Set(),
};

export interface ResumeRules {
  /** See PartState. */
  readonly trusting: boolean;
  /** Removals are counted apart, and hang on a scan that ended whole. */
  readonly removalsApart: boolean;
  /** How the destination tells names apart: what the collision guard has to remember again. */
  readonly names?: DestinationNames;
}

/**
 * Reads a job's parts, one at a time, into what a resume needs. Removals that hang on a scan which never ended are
 * made void. Throws "Corrupt" when a part is damaged.
 */
export async function readEarlierRun(journal: JobJournal, rules: ResumeRules): Promise<EarlierRun> {
  const { trusting, removalsApart } = rules;
  const numbers = await journal.parts();
  const counters = new Counters();
  const parts: OpenPart[] = [];
  let scan: PartState["scan"];
  let scanned = false;
  let names = new Set<string>();
  const unsettled: RelativePath[] = [];
  const held: HeldPart[] = [];
  const takenKeys = new Set<string>();
  for (const number of numbers) {
    const loaded = await journal.load(number, trusting);
    await journal.secure(number, loaded);
    const { state } = loaded;
    // A page may reach over the end of a part: the next part's cursor then repeats the token.
    if (state.scan !== undefined && state.scan.token !== scan?.token) names = new Set();
    for (const name of state.namesSinceCursor) names.add(name);
    scan = state.scan ?? scan;
    scanned ||= state.scanned;
    if (rules.names !== undefined) rememberKeys(rules.names, state, takenKeys);
    for (const index of state.unsettledDone.keys()) {
      const transfer = state.transfers[index];
      if (transfer !== undefined && state.outcomes[index]?.state === "done") {
        unsettled.push(transfer.renamedTo ?? transfer.path);
      }
    }
    if (removalsApart && state.transfers.some((transfer) => transfer?.action === "remove")) {
      held.push({ number, planned: state.transfers.length, pending: countOf(state.pending()) });
      continue;
    }
    const part = countPart(number, state, counters);
    if (part !== undefined) parts.push(part);
  }
  for (const each of held) {
    if (!scanned) await journal.voidPart(each.number);
    else parts.push(...countHeld(each, counters));
  }
  const skips = scan?.skips ?? noEarlierRun.skips;
  counters.skips = skips;
  const next = (numbers.at(-1) ?? -1) + 1;
  return { parts, nextPart: next, counters, scanned, token: scan?.token, names, skips, unsettled, takenKeys };
}

/** What is left of an earlier run when nothing of it is to be tried again before a new scan: its failures stand. */
export function withoutPending(earlier: EarlierRun): EarlierRun {
  const { counters } = earlier;
  if (counters !== undefined) counters.failed += counters.pending;
  return { ...earlier, parts: [], token: undefined, names: new Set() };
}

function rememberKeys(names: DestinationNames, state: PartState, keys: Set<string>): void {
  if (names.keyOf === undefined) return;
  for (const transfer of state.transfers) {
    if (transfer === undefined || transfer.action !== undefined) continue;
    const key = keyToRemember(names, transfer.renamedTo ?? transfer.path);
    if (key !== undefined) keys.add(key);
  }
}

interface HeldPart {
  readonly number: number;
  readonly planned: number;
  readonly pending: number;
}

/** Counts a part of removals beside the transfers; gives it when some are still to be carried out. */
function countHeld({ number, planned, pending }: HeldPart, counters: Counters): OpenPart[] {
  const part = new OpenPart(number, undefined);
  part.full = true;
  part.held = true;
  part.planned = planned;
  part.ended = planned - pending;
  counters.deletions.planned += part.planned;
  counters.deletions.done += part.ended;
  return pending > 0 ? [part] : [];
}

function countOf(items: Iterable<unknown>): number {
  let count = 0;
  for (const _item of items) count++;
  return count;
}

/** Adds a part's transfers to the counters; returns it when some are still to be carried out. */
function countPart(number: number, state: PartState, counters: Counters): OpenPart | undefined {
  const part = new OpenPart(number, undefined);
  part.full = true;
  for (const transfer of state.transfers) {
    if (transfer === undefined) continue;
    part.planned++;
    counters.plan(transfer.bytes);
    const outcome = state.outcomes[transfer.index];
    if (outcome?.state === "done") counters.finish(transfer.bytes, 0);
    if (outcome?.state === "skipped") {
      counters.skipped++;
      counters.bytesGivenUp += transfer.bytes;
    }
  }
  for (const _gap of state.gaps) {
    counters.plan(0);
    counters.failed++;
  }
  const pending = countOf(state.pending());
  const lasting = part.planned - pending - [...endedWell(state)].length;
  counters.failed += lasting;
  part.ended = part.planned - pending;
  return pending > 0 ? part : undefined;
}

function* endedWell(state: PartState): Iterable<number> {
  for (const [index, outcome] of state.outcomes.entries()) {
    if (outcome?.state === "done" || outcome?.state === "skipped") yield index;
  }
}
