import { strict as assert } from "node:assert";
import test from "node:test";
import { parseRetryStatusCodes } from "./retry-status-codes.ts";

test("every form of an item is read", () => {
  assert.deepEqual(parseRetryStatusCodes("409; -429;403: AuthFailed, Other;-500: Broken;"), {
    rules: [
      { status: 409, retried: true, codes: [] },
      { status: 429, retried: false, codes: [] },
      { status: 403, retried: true, codes: ["AuthFailed", "Other"] },
      { status: 500, retried: false, codes: ["Broken"] },
    ],
  });
  assert.deepEqual(parseRetryStatusCodes(""), { rules: [] });
});

test("what has no status is refused", () => {
  for (const text of ["zz", "409;x", ": Error", "--409"])
    assert("problem" in parseRetryStatusCodes(text), text);
});
