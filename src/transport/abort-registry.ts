/** What can be told to stop. */
export interface Abortable {
  abort(signal: AbortSignal): void;
}

/**
 * Passes an AbortSignal's event on to the requests that run under it. One listener a signal, however many
 * requests: a job's thousands of requests share one signal, and a listener each costs more than a small request.
 */
export class AbortRegistry {
  readonly #bySignal = new WeakMap<AbortSignal, Set<Abortable>>();

  /** `signal` must not be aborted yet. */
  add(signal: AbortSignal, item: Abortable): void {
    let items = this.#bySignal.get(signal);
    if (items === undefined) {
      const created = new Set<Abortable>();
      items = created;
      this.#bySignal.set(signal, items);
      signal.addEventListener("abort", () => abortAll(created, signal), { once: true });
    }
    items.add(item);
  }

  remove(signal: AbortSignal, item: Abortable): void {
    this.#bySignal.get(signal)?.delete(item);
  }
}

function abortAll(items: Set<Abortable>, signal: AbortSignal): void {
  // A copy, since every abort() takes its item out of the set.
  for (const item of [...items]) item.abort(signal);
}
