import { strict as assert } from "node:assert";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Compares with the file `name` in this folder, byte for byte. UPDATE_GOLDEN=1 writes the file instead. */
export function assertGolden(name: string, text: string): void {
  const path = join(import.meta.dirname, name);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  assert(existsSync(path), `${path} is missing: UPDATE_GOLDEN=1 writes it`);
  assert.equal(text, readFileSync(path, "utf8"), `${name} changed: UPDATE_GOLDEN=1 accepts that`);
}
