import type { MemoryStore } from "../../src/backends/memory/memory-store.ts";
import { StorageError } from "../../src/foundation/errors.ts";
import type { SimulatedClock } from "./simulated-clock.ts";

const triesMax = 60;

/** What the transport's retry layer does for the real stores: every operation is tried again after a passing fault. */
export function retrying(
  store: MemoryStore,
  clock: SimulatedClock,
  sent: (bytes: number) => void,
): MemoryStore {
  const wrap = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(inner, key) {
        const value: unknown = Reflect.get(inner, key, inner);
        if (typeof value !== "function" || key === "list")
          return typeof value === "function" ? value.bind(inner) : value;
        return async (...args: unknown[]): Promise<unknown> => {
          if (key === "put" || key === "deliver") sent((args[1] as Uint8Array).length);
          for (let attempt = 1; ; attempt++) {
            try {
              const result: unknown = await value.apply(inner, args);
              return typeof result === "object" && result !== null && "deliver" in result
                ? wrap(result)
                : result;
            } catch (error) {
              if (!(error instanceof StorageError && error.retryable) || attempt === triesMax) throw error;
              await clock.sleep(10 * 2 ** Math.min(attempt, 6));
            }
          }
        };
      },
    });
  return wrap(store);
}
