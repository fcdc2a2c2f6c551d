import { strict as assert } from "node:assert";

/** Gives back what `acquire` took. Calling it twice is a programmer error. */
export type Release = () => void;

interface Waiter {
  readonly amount: number;
  readonly grant: (release: Release) => void;
  readonly refuse: (reason: Error) => void;
}

/**
 * A quantity (bytes, requests, open files) shared by many, whose limit may be moved while it is in use.
 * First come, first served: nothing overtakes a large request at the head, so it cannot starve.
 */
export class Budget {
  #limit: number;
  #used = 0;
  #closed: Error | undefined;
  #waiting: Waiter[] = [];
  /** Where the queue begins: taking from the front by index, since shift() on a long array is slow. */
  #head = 0;

  constructor(limit: number) {
    assert(limit > 0);
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit;
  }

  /** Lowering it takes nothing back: what is over the limit is given up as it is released. */
  set limit(limit: number) {
    assert(limit > 0);
    this.#limit = limit;
    this.#grantNext();
  }

  get used(): number {
    return this.#used;
  }

  get waiting(): number {
    return this.#waiting.length - this.#head;
  }

  /**
   * Resolves when `amount` is free. Rejects with the reason given to close(). An amount above the limit is
   * granted when nothing else is held, so that lowering the limit cannot hang those who ask for more.
   */
  acquire(amount: number): Promise<Release> {
    assert(amount >= 0);
    if (this.#closed) return Promise.reject(this.#closed);
    if (this.waiting === 0 && this.#fits(amount)) return Promise.resolve(this.#take(amount));
    return new Promise((grant, refuse) => {
      this.#waiting.push({ amount, grant, refuse });
    });
  }

  /** As acquire(), but undefined where that would have to wait. */
  tryAcquire(amount: number): Release | undefined {
    if (this.#closed || this.waiting > 0 || !this.#fits(amount)) return undefined;
    return this.#take(amount);
  }

  /**
   * Refuses all who wait and all who come later; what is held stays held.
   * A job cancels by this one call: a listener per wait on its AbortSignal would cost more than the wait.
   */
  close(reason: Error): void {
    this.#closed = reason;
    const waiting = this.#waiting.slice(this.#head);
    this.#waiting = [];
    this.#head = 0;
    for (const waiter of waiting) waiter.refuse(reason);
  }

  #fits(amount: number): boolean {
    return this.#used + amount <= this.#limit || this.#used === 0;
  }

  #grantNext(): void {
    for (;;) {
      const head = this.#waiting[this.#head];
      if (!head || !this.#fits(head.amount)) break;
      this.#head++;
      head.grant(this.#take(head.amount));
    }
    if (this.#head > 1_000 || this.#head === this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#head);
      this.#head = 0;
    }
  }

  #take(amount: number): Release {
    this.#used += amount;
    let held = true;
    return () => {
      assert(held, "released twice");
      held = false;
      this.#used -= amount;
      this.#grantNext();
    };
  }
}
