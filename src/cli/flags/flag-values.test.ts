import { strict as assert } from "node:assert";
import test from "node:test";
import type { FlagSpec } from "./flag-table.ts";
import { parseValue } from "./flag-values.ts";

const flagOf = (type: "float64" | "uint32" | "int"): FlagSpec => ({ name: "x", type, default: 0, help: "" });

function read(type: "float64" | "uint32" | "int", text: string): unknown {
  const parsed = parseValue(flagOf(type), text);
  return "value" in parsed ? parsed.value : parsed.problem;
}

test("numbers are read as Go reads them", () => {
  const floats: [string, number][] = [
    ["0", 0],
    ["8", 8],
    ["+.25", 0.25],
    ["-1.5e-3", -0.0015],
    ["5.", 5],
    ["1_000", 1_000],
    ["0x1p4", 16],
    ["0x1.8p1", 3],
    ["0x.8p1", 1],
    ["inf", Number.POSITIVE_INFINITY],
    ["-Infinity", Number.NEGATIVE_INFINITY],
    ["NaN", Number.NaN],
  ];
  for (const [text, value] of floats) assert.equal(read("float64", text), value, text);
  const integers: [string, number][] = [
    ["0", 0],
    ["7500", 7_500],
    ["0x10", 16],
    ["017", 15],
    ["0o17", 15],
    ["0b101", 5],
    ["1_000", 1_000],
  ];
  for (const [text, value] of integers) {
    assert.equal(read("uint32", text), value, text);
    assert.equal(read("int", `-${text}`), value === 0 ? 0 : -value, text);
  }
});

test("what is no number, or too large, is refused in Go's words", () => {
  for (const text of ["", "abc", "1.2.3", "0x10", "1__0", "_1", "1_", "+nan", "1e", "e5", ".", "0xp1"]) {
    assert.equal(
      read("float64", text),
      `strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  assert.equal(read("float64", "1e999"), 'strconv.ParseFloat: parsing "1e999": value out of range');
  for (const text of ["", "-1", "+1", "1.5", "0o", "0x", "09", "1__0"]) {
    assert.equal(read("uint32", text), `strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  assert.equal(read("uint32", "4294967296"), 'strconv.ParseUint: parsing "4294967296": value out of range');
  assert.equal(
    read("int", "99999999999999999999"),
    'strconv.ParseInt: parsing "99999999999999999999": value out of range',
  );
});
