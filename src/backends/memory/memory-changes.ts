import { strict as assert } from "node:assert";
import { StorageError } from "../../foundation/errors.ts";
import type { Changeable, Entry, PropertyChange, RemovalRules } from "../backend.ts";
import { asPath } from "../backend.ts";
import type { MemoryFault, MemoryObject, MemoryOperation, MemoryState } from "./memory-store.ts";

export interface MemoryChangesOptions {
  readonly state: MemoryState;
  /** Called for each object by itself: what it throws is that object's outcome. */
  readonly fault?: MemoryFault;
  readonly changeBatchMax?: number;
}

type Outcome = StorageError | undefined;

/** The model of taking away and changing objects: each by itself, at one instant, and only as it was listed. */
export class MemoryChanges implements Changeable {
  readonly changeBatchMax: number;
  readonly #state: MemoryState;
  readonly #fault: MemoryFault;

  constructor({ state, fault = () => {}, changeBatchMax = 256 }: MemoryChangesOptions) {
    this.#state = state;
    this.#fault = fault;
    this.changeBatchMax = changeBatchMax;
  }

  remove(entries: readonly Entry[], rules: RemovalRules, signal: AbortSignal): Promise<readonly Outcome[]> {
    return this.#each("remove", entries, signal, (entry) => {
      // There are no snapshots that could go alone.
      if (rules.snapshots === "only" || !this.#state.objects.has(entry.path)) return;
      this.#unchanged(entry);
      this.#state.objects.delete(entry.path);
    });
  }

  change(
    entries: readonly Entry[],
    change: PropertyChange,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    const { tier, metadata, tags } = change;
    return this.#each("change", entries, signal, (entry) => {
      const object = this.#unchanged(entry);
      const properties = {
        ...object.properties,
        ...(tier === undefined ? {} : { tier }),
        ...(metadata === undefined ? {} : { metadata }),
      };
      const changed: MemoryObject = { ...object, properties, ...(tags === undefined ? {} : { tags }) };
      if (metadata === undefined) this.#state.objects.set(entry.path, changed);
      else this.#state.place(entry.path, object.bytes, { ...changed, version: `${object.version}'` });
    });
  }

  async createRoot(signal: AbortSignal): Promise<"created" | "existed"> {
    await this.#one("createRoot", asPath(""), signal, () => {});
    return "existed";
  }

  async #each(
    operation: MemoryOperation,
    entries: readonly Entry[],
    signal: AbortSignal,
    effect: (entry: Entry) => void,
  ): Promise<readonly Outcome[]> {
    assert(entries.length <= this.changeBatchMax);
    if (signal.aborted) throw new StorageError("Cancelled", `${operation} was cancelled`);
    const outcomes: Outcome[] = [];
    for (const entry of entries) {
      try {
        await this.#one(operation, entry.path, signal, () => effect(entry));
        outcomes.push(undefined);
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        outcomes.push(error);
      }
    }
    return outcomes;
  }

  async #one(
    operation: MemoryOperation,
    path: Entry["path"],
    signal: AbortSignal,
    effect: () => void,
  ): Promise<void> {
    await this.#fault(operation, path, "before");
    if (signal.aborted) throw new StorageError("Cancelled", `${operation} of "${path}" was cancelled`);
    effect();
    await this.#fault(operation, path, "after");
  }

  #unchanged(entry: Entry): MemoryObject {
    const object = this.#state.objects.get(entry.path);
    if (object === undefined) throw new StorageError("NotFound", `"${entry.path}" is not there`);
    if (object.version === entry.version) return object;
    throw new StorageError("PreconditionFailed", `"${entry.path}" changed since it was listed`);
  }
}
