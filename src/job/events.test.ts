import { strict as assert } from "node:assert";
import { test } from "node:test";
import { finalStatus, isOver } from "./events.ts";

test("a job ends as surface spec 5.2 has it", () => {
  const table: readonly (readonly [done: number, failed: number, skipped: number, status: string])[] = [
    [0, 0, 0, "Completed"],
    [3, 0, 0, "Completed"],
    [3, 0, 1, "CompletedWithSkipped"],
    [0, 0, 1, "CompletedWithSkipped"],
    [3, 1, 0, "CompletedWithErrors"],
    [0, 1, 0, "Failed"],
    [0, 1, 1, "CompletedWithErrorsAndSkipped"],
    [3, 1, 1, "CompletedWithErrorsAndSkipped"],
  ];
  for (const [done, failed, skipped, status] of table) {
    assert.equal(finalStatus({ done, failed, skipped }), status);
  }
});

test("only a job in which nothing failed is over", () => {
  assert(isOver("Completed") && isOver("CompletedWithSkipped"));
  for (const status of [
    "Failed",
    "Cancelled",
    "InProgress",
    "CompletedWithErrors",
    "CompletedWithErrorsAndSkipped",
  ]) {
    assert(!isOver(status), status);
  }
  assert(!isOver(undefined), "a run that died noted no end");
});
