import type { Listing, Page } from "../backends/backend.ts";

/**
 * The same pages, of which up to `pagesMax` are fetched, one after the other, before they are asked for. Begins with
 * the first call. An error comes after the pages before it. When the reader stops early, the page that is under way is
 * waited for and no other is fetched: abort the listing's signal for a faster end.
 */
export async function* readAhead(listing: Listing, pagesMax: number): Listing {
  const queue = new PageQueue(listing[Symbol.asyncIterator](), pagesMax);
  const filling = queue.fill();
  try {
    for (let page = await queue.take(); page !== undefined; page = await queue.take()) yield page;
  } finally {
    queue.stop();
    await filling;
    await queue.close();
  }
}

class PageQueue {
  readonly #pages: AsyncIterator<Page>;
  readonly #pagesMax: number;
  readonly #ready: Page[] = [];
  #ended = false;
  #failure: { readonly error: unknown } | undefined;
  /** A reader that waits for a page. Without read-ahead, only such a one lets a page be fetched. */
  #hungry = false;
  #wake = (): void => {};

  constructor(pages: AsyncIterator<Page>, pagesMax: number) {
    this.#pages = pages;
    this.#pagesMax = pagesMax;
  }

  /** Fetches pages until the end, an error or stop(); never rejects. */
  async fill(): Promise<void> {
    while (!this.#ended) {
      if (this.#ready.length >= this.#pagesMax && !this.#hungry) {
        await this.#change();
        continue;
      }
      try {
        const next = await this.#pages.next();
        if (next.done === true) this.#ended = true;
        else this.#ready.push(next.value);
      } catch (error) {
        this.#failure = { error };
        this.#ended = true;
      }
      this.#hungry = false;
      this.#changed();
    }
  }

  /** The next page; undefined at the end. Throws what the listing threw. */
  async take(): Promise<Page | undefined> {
    while (this.#ready.length === 0 && !this.#ended) {
      this.#hungry = true;
      this.#changed();
      await this.#change();
    }
    const page = this.#ready.shift();
    if (page === undefined && this.#failure !== undefined) throw this.#failure.error;
    this.#changed();
    return page;
  }

  stop(): void {
    this.#ended = true;
    this.#changed();
  }

  async close(): Promise<void> {
    await this.#pages.return?.();
  }

  /** Resolves when the other side has done something. The two never wait at the same time. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #changed(): void {
    this.#wake();
  }
}
