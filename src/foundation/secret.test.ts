import { strict as assert } from "node:assert";
import { test } from "node:test";
import { format, inspect } from "node:util";
import { Secret } from "./secret.ts";

test("a secret comes out by reveal(), and by no other way of turning it to text", () => {
  const secret = new Secret("sv=1&sig=hush");
  assert.equal(secret.reveal(), "sv=1&sig=hush");
  const holder = { secret, list: [secret], map: new Map([["key", secret]]) };
  const texts = [
    String(secret),
    `${secret}`,
    "".concat(String(secret)),
    ["a", secret].join(),
    JSON.stringify(holder),
    JSON.stringify({ ...secret }),
    inspect(holder, { depth: 9, showHidden: true, customInspect: true }),
    inspect(holder, { depth: 9, showHidden: true, customInspect: false }),
    format("%s %o %O %j %d %i", secret, secret, secret, secret, secret, secret),
    inspect(new Error("failed", { cause: secret })),
    JSON.stringify(structuredClone(secret)),
    Object.entries(secret).join(),
    Object.getOwnPropertyNames(secret).join(),
  ];
  for (const text of texts) assert(!text.includes("hush"), text);
  for (const text of texts.slice(0, 5)) assert(text.includes("REDACTED"), text);
});
