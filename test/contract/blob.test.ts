import { after, before } from "node:test";
import type { ContainerClient } from "@azure/storage-blob";
import { openBlobChanges } from "../../src/backends/blob/blob-changes.ts";
import { openBlobDestination } from "../../src/backends/blob/blob-destination.ts";
import { openBlobSource } from "../../src/backends/blob/blob-source.ts";
import { type BlobStage, startBlobStage } from "../fakes/blob-stage.ts";
import { type Ground, storeSuite } from "./suite.ts";

let stage: BlobStage;
before(async () => {
  stage = await startBlobStage();
});
after(async () => {
  await stage.close();
});

/** What somebody else does, done by the official SDK. */
async function makeGround(root: string): Promise<Ground & { readonly container: ContainerClient }> {
  const container = await stage.newContainer();
  const blob = (path: string) => container.getBlockBlobClient(root + path);
  return {
    container,
    async place(path, bytes) {
      await blob(path).upload(Buffer.from(bytes), bytes.length);
    },
    async remove(path) {
      await blob(path).delete();
    },
    async content(path) {
      try {
        return await blob(path).downloadToBuffer();
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode === 404) return undefined;
        throw error;
      }
    },
    async close() {
      await container.delete();
    },
  };
}

for (const path of ["", "some folder/deep"]) {
  const root = path === "" ? "" : `${path}/`;
  storeSuite(`blob, rooted at "${path}"`, {
    async makeSource({ pageItemsMax }) {
      const ground = await makeGround(root);
      const { transport } = stage;
      const endpoint = stage.endpoint(ground.container.containerName, path);
      return {
        ...ground,
        source: openBlobSource({ endpoint, transport, pageItemsMax }),
        rootless: openBlobSource({ endpoint: stage.endpoint("no-such-container", path), transport }),
      };
    },
    async makeDestination() {
      const ground = await makeGround(root);
      const { transport } = stage;
      const endpoint = stage.endpoint(ground.container.containerName, path);
      return { ...ground, open: async (jobId) => openBlobDestination({ endpoint, transport, jobId }) };
    },
    async makeChanges() {
      const ground = await makeGround(root);
      const { transport } = stage;
      const at = (container: string) => ({
        source: openBlobSource({ endpoint: stage.endpoint(container, path), transport }),
        changes: openBlobChanges({ endpoint: stage.endpoint(container, path), transport }),
      });
      const name = ground.container.containerName;
      return { ...ground, ...at(name), rootless: at(`${name}-later`) };
    },
    skip: {
      "delivered: abandoned blocks are gone":
        "the service cannot forget single uncommitted blocks; deleting the blob would take what stood there before",
    },
  });
}
