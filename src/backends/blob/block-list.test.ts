import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { StorageError } from "../../foundation/errors.ts";
import { BlockIds, blockListBody, scanBlockList } from "./block-list.ts";

const jobId = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9";

test("a block id is the base64 of marker, job, part, transfer and block", () => {
  const number = fc.nat(99_999);
  fc.assert(
    fc.property(number, number, number, (part, index, block) => {
      const id = new BlockIds(jobId, part, index).of(block);
      const five = (value: number): string => String(value).padStart(5, "0");
      const bytes = Buffer.concat([
        Buffer.from("00000"),
        Buffer.from(jobId.replaceAll("-", ""), "hex"),
        Buffer.from(five(part) + five(index) + five(block)),
      ]);
      assert.equal(id, bytes.toString("base64"));
      assert.equal(id.length, 48);
    }),
  );
});

test("ids refuse numbers of more than five digits, and what is no job id", () => {
  assert.throws(() => new BlockIds(jobId, 100_000, 0));
  assert.throws(() => new BlockIds(jobId, 0, 100_000));
  assert.throws(() => new BlockIds(jobId, 0, 0).of(100_000));
  assert.throws(() => new BlockIds("job", 0, 0));
});

test("scanBlockList reads both lists", () => {
  const block = (id: string, bytes: number): string =>
    `<Block><Name>${id}</Name><Size>${bytes}</Size></Block>`;
  const xml = (committed: string, uncommitted: string): Buffer =>
    Buffer.from(`<?xml version="1.0" encoding="utf-8"?>\n<BlockList>${committed}${uncommitted}</BlockList>`);
  const one = { id: "QQ==", bytes: 1 };
  const two = { id: "Qg==", bytes: 4_194_304_000 };
  const full = xml(
    `<CommittedBlocks>${block(one.id, one.bytes)}</CommittedBlocks>`,
    `<UncommittedBlocks>${block(two.id, two.bytes)}${block(one.id, one.bytes)}</UncommittedBlocks>`,
  );
  assert.deepEqual(scanBlockList(full), { committed: [one], uncommitted: [two, one] });
  const empty = xml("<CommittedBlocks />", "<UncommittedBlocks/>");
  assert.deepEqual(scanBlockList(empty), { committed: [], uncommitted: [] });
  for (const text of ["", "<html/>", full.toString().slice(0, 200)]) {
    assert.throws(() => scanBlockList(Buffer.from(text)), StorageError, text);
  }
});

test("blockListBody names the blocks in order", () => {
  const body = Buffer.from(blockListBody(["QQ==", "Qg=="])).toString();
  assert.match(body, /<BlockList><Latest>QQ==<\/Latest><Latest>Qg==<\/Latest><\/BlockList>$/);
});
