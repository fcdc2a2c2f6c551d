import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { TargetFolders } from "./target-folders.ts";

test("the parent of every folder that is made is told, the root's own included", (t) => {
  const above = fs.mkdtempSync(join(tmpdir(), "target-folders-"));
  t.after(() => {
    fs.rmSync(above, { recursive: true, force: true });
  });
  const root = join(above, "x/root");
  const told: string[] = [];
  const folders = new TargetFolders(root, (parent) => told.push(parent));
  folders.makeFor("a/b/file");
  folders.makeFor("a/c/file");
  folders.makeFor("a/b/other");
  assert.deepEqual(told, [join(above, "x"), above, root, join(root, "a"), join(root, "a")]);
  assert.equal(folders.pathOf("a/b"), `${root}/a/b`);
  assert.equal(folders.pathOf(""), root);
});

test("as many folders as may be remembered are: the one used longest ago is looked at again", (t) => {
  const root = fs.mkdtempSync(join(tmpdir(), "target-folders-"));
  t.after(() => {
    fs.rmSync(root, { recursive: true, force: true });
  });
  const folders = new TargetFolders(root, () => {}, 3);
  const isMadeAgain = (name: string): boolean => {
    fs.rmdirSync(join(root, name));
    folders.makeFor(`${name}/file`);
    const made = fs.existsSync(join(root, name));
    if (!made) fs.mkdirSync(join(root, name));
    return made;
  };
  for (const name of ["a", "b", "c"]) folders.makeFor(`${name}/file`);
  folders.makeFor("a/file");
  folders.makeFor("d/file");
  assert.equal(isMadeAgain("a"), false);
  assert.equal(isMadeAgain("c"), false);
  assert.equal(isMadeAgain("d"), false);
  assert.equal(isMadeAgain("b"), true);
  folders.forget();
  assert.equal(isMadeAgain("d"), true);
});
