import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { openLocalChanges } from "../../src/backends/local/local-changes.ts";
import { openLocalDestination } from "../../src/backends/local/local-destination.ts";
import { openLocalSource } from "../../src/backends/local/local-source.ts";
import { type Ground, storeSuite } from "./suite.ts";

const { platform } = process;

async function makeGround(): Promise<Ground & { readonly root: string }> {
  const folder = await mkdtemp(join(tmpdir(), "contract-local-"));
  const root = join(folder, "root");
  await mkdir(root);
  let placed = 0;
  return {
    root,
    async place(path, bytes) {
      const full = join(root, path);
      await mkdir(dirname(full), { recursive: true });
      // In place, as an editor might: with a time of its own, since two writes may share a tick of the clock.
      await writeFile(full, bytes);
      const seconds = 1_700_000_000 + ++placed;
      await utimes(full, seconds, seconds);
    },
    async remove(path) {
      await rm(join(root, path));
    },
    async content(path) {
      return readFile(join(root, path)).catch(() => undefined);
    },
    async close() {
      await rm(folder, { recursive: true });
    },
  };
}

storeSuite("local", {
  async makeSource({ pageItemsMax }) {
    const ground = await makeGround();
    const limits = { pageItemsMax, namesHeldMax: 5 };
    return {
      ...ground,
      source: openLocalSource({ root: ground.root, platform, limits }),
      rootless: openLocalSource({ root: join(ground.root, "missing"), platform }),
    };
  },
  async makeDestination() {
    const ground = await makeGround();
    return { ...ground, open: async (jobId) => openLocalDestination({ root: ground.root, jobId, platform }) };
  },
  async makeChanges() {
    const ground = await makeGround();
    const at = (root: string) => ({
      source: openLocalSource({ root, platform }),
      changes: openLocalChanges({ root, platform }),
    });
    return { ...ground, ...at(ground.root), rootless: at(join(ground.root, "missing/deep")) };
  },
});
