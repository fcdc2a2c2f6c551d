import { asPath } from "../../src/backends/backend.ts";
import { PartState } from "../../src/journal/part-state.ts";
import type { JournalRecord } from "../../src/journal/records.ts";

export const plan = (index: number, path: string): JournalRecord => ({
  record: "planned",
  transfer: { index, path: asPath(path), bytes: 100, blockBytes: 10, modifiedMs: 1, version: undefined },
});
export const done = (index: number): JournalRecord => ({
  record: "ended",
  index,
  outcome: { state: "done" },
});
export const failed = (index: number): JournalRecord => ({
  record: "ended",
  index,
  outcome: { state: "failed", code: "Timeout", status: 0, message: "m" },
});
export const got = (index: number, block: number): JournalRecord => ({ record: "delivered", index, block });

export function fold(records: readonly JournalRecord[], trusting = true): PartState {
  const state = new PartState("boot-1", trusting);
  for (const one of records) state.apply(one);
  return state;
}

export const pendingOf = (state: PartState): number[] => [...state.pending()].map((one) => one.index);
