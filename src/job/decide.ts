import { strict as assert } from "node:assert";
import type { Entry } from "../backends/backend.ts";
import { isEntry, type Side } from "../listing/join.ts";

export interface SyncRules {
  /** What only the destination has is to go. */
  readonly removeExtra: boolean;
  differs(source: Entry, destination: Entry): boolean;
}

export type Action = "copy" | "remove" | "leave" | "fail";

/**
 * The whole of sync, one pair at a time:
 *
 *   source   destination  rule          action
 *   entry    absent       -             copy
 *   entry    entry        differs       copy
 *   entry    entry        same          leave
 *   entry    unknown      -             fail    (it may be newer there)
 *   absent   entry        removeExtra   remove  (journaled; carried out last)
 *   absent   entry        keep          leave
 *   unknown  entry        -             leave   (the gap itself is reported, once)
 */
export function decide(source: Side, destination: Side, rules: SyncRules): Action {
  assert(isEntry(source) || isEntry(destination));
  if (source === "unknown") return "leave";
  if (source === undefined) return rules.removeExtra ? "remove" : "leave";
  if (destination === "unknown") return "fail";
  if (destination === undefined) return "copy";
  return rules.differs(source, destination) ? "copy" : "leave";
}
