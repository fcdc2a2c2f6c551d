import { asPath } from "../../src/backends/backend.ts";
import { MemoryChanges } from "../../src/backends/memory/memory-changes.ts";
import { MemoryState, MemoryStore } from "../../src/backends/memory/memory-store.ts";
import { StorageError } from "../../src/foundation/errors.ts";
import { type Ground, storeSuite } from "./suite.ts";

function groundOn(state: MemoryState): Ground {
  return {
    async place(path, bytes) {
      state.place(asPath(path), bytes);
    },
    async remove(path) {
      state.objects.delete(asPath(path));
    },
    async content(path) {
      return state.objects.get(asPath(path))?.bytes;
    },
    async close() {},
  };
}

storeSuite("memory", {
  async makeSource({ pageItemsMax }) {
    const state = new MemoryState();
    const fault = (): void => {
      throw new StorageError("ContainerNotFound", "there is no root");
    };
    return {
      ...groundOn(state),
      source: new MemoryStore({ state, pageItemsMax }),
      rootless: new MemoryStore({ fault }),
    };
  },
  async makeDestination() {
    const state = new MemoryState();
    return { ...groundOn(state), open: async (jobId) => new MemoryStore({ state, jobId }) };
  },
  async makeChanges() {
    const state = new MemoryState();
    const place = { source: new MemoryStore({ state }), changes: new MemoryChanges({ state }) };
    return { ...groundOn(state), ...place, rootless: place };
  },
  skip: {
    "createRoot: makes the root once": "a model in memory has no root that could be missing",
  },
});
