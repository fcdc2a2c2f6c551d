import { strict as assert } from "node:assert";
import { after, before, describe, test } from "node:test";
import type { Ended, User } from "./azcopy.ts";
import { Lab } from "./lab.ts";
import { missingFor } from "./real-azcopy.ts";

describe("azcopy make", async () => {
  const lab = await Lab.open();
  const real = lab.realAzcopy();
  const absent = missingFor(real);
  let user: User;
  before(() => {
    user = lab.user(new URLSearchParams(lab.expiredSas()).get("sig") ?? "");
  });
  after(() => lab.close());

  const ours = (...words: readonly string[]): Promise<Ended> => user.azcopy(["make", ...words]);
  const theirs = (...words: readonly string[]): Promise<Ended> =>
    user.azcopy(["make", ...words], { file: real, real: true });

  test("makes a container, at an emulator too, and tells when it is there already", async () => {
    const made = await ours(lab.url("new-one"), "--quota-gb=5");
    assert.deepEqual(
      [made.exitCode, made.stdout, made.stderr],
      [0, "\nSuccessfully created the resource.\n", ""],
    );
    const again = await ours(lab.url("new-one"));
    assert.deepEqual(
      [again.exitCode, again.stdout, again.stderr],
      [1, "\nthe container already exists\n", ""],
    );
    const listed = await user.azcopy(["ls", lab.url("new-one"), "--running-tally"]);
    assert.match(listed.stdout, /File count: 0/);
  });

  test("goes by its other names, and speaks JSON", async () => {
    assert.equal((await user.azcopy(["mk", lab.url("by-mk")])).exitCode, 0);
    const made = await user.azcopy(["mkdir", lab.url("by-mkdir"), "--output-type=json"]);
    assert.deepEqual(made.messages, [{ type: "EndOfJob", content: "Successfully created the resource." }]);
    const again = await user.azcopy(["mkdir", lab.url("by-mkdir"), "--output-type=json"]);
    assert.deepEqual(again.messages, [{ type: "Error", content: "the container already exists" }]);
  });

  test("without the right credentials, it says so and why", async () => {
    const refused = await ours(lab.url("forbidden", lab.expiredSas()));
    assert.equal(refused.exitCode, 1);
    assert.match(
      refused.stdout,
      /^\nplease specify a valid container URL with corresponding credentials: cannot create/,
    );
  });

  test("refuses as AzCopy does", { skip: absent }, async () => {
    const cases: readonly (readonly string[])[] = [
      [],
      ["a", "b"],
      ["/tmp/container"],
      ["https://account.blob.core.windows.net/container/folder"],
      ["https://account.blob.core.windows.net/container/*"],
      ["https://account.blob.core.windows.net/c", "--quota-gb=-1"],
      ["https://account.blob.core.windows.net/c", "--quota-gb=5000000000"],
      [lab.url("container/folder")],
    ];
    for (const words of cases) {
      const [our, their] = await Promise.all([ours(...words), theirs(...words)]);
      assert.deepEqual([our.exitCode, our.stdout], [their.exitCode, their.stdout], words.join(" "));
      assert.equal(our.stderr.split("\n")[0], their.stderr.split("\n")[0]);
    }
  });
});
