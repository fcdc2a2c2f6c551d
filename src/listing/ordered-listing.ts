import type { Listing, Page, RelativePath, Traits } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import { compareUtf8 } from "../foundation/utf8-order.ts";
import { type SortOptions, sortedListing } from "./sorted-listing.ts";

export type ListingSide = "source" | "destination";

/** A listing that claims an order turned out not to have it. Start both sides again, this one with `forceSort`. */
export class DisorderError extends StorageError {
  readonly side: ListingSide;

  constructor(side: ListingSide, before: RelativePath, after: RelativePath) {
    super(
      "Corrupt",
      `the ${side} listed "${after}" after "${before}": it is not in the order that such stores keep, so what is ` +
        "missing there cannot be told. Nothing was removed. List it again, sorted on this machine",
    );
    this.side = side;
  }
}

export interface OrderOptions extends SortOptions {
  readonly side: ListingSide;
  /** Sorts even what claims to be in order. */
  readonly forceSort?: boolean;
}

/**
 * The listing of a store with these traits in compareUtf8 order (of the keys, where the options have keyOf). One that
 * claims the order, and whose keys are the paths, passes through, page by page and with its tokens, and is checked;
 * any other is sorted. Throws DisorderError in place of the page that breaks the claim, and what sortedListing() throws.
 * A name that comes twice is no disorder: it passes, as sorting would not mend it.
 */
export function trustedOrder(
  listing: Listing,
  traits: Pick<Traits, "order">,
  options: OrderOptions,
): Listing {
  const claimed = traits.order === "utf8" && options.keyOf === undefined && options.forceSort !== true;
  return claimed ? checkedOrder(listing, options.side) : sortedListing(listing, options);
}

/**
 * As trustedOrder(), but a listing whose very first page breaks its claim is opened again and sorted. After a page has
 * been handed on, that is no longer possible, and the DisorderError is thrown.
 */
export async function* orderedListing(
  open: () => Listing,
  traits: Pick<Traits, "order">,
  options: OrderOptions,
): Listing {
  let handedOn = false;
  try {
    for await (const page of trustedOrder(open(), traits, options)) {
      handedOn = true;
      yield page;
    }
  } catch (error) {
    if (handedOn || !(error instanceof DisorderError)) throw error;
    yield* sortedListing(open(), options);
  }
}

async function* checkedOrder(listing: Listing, side: ListingSide): Listing {
  let last: RelativePath | undefined;
  for await (const page of listing) {
    last = checkPage(page, last, side);
    yield page;
  }
}

/** Returns the last path. Folders may stand anywhere: whoever joins listings passes them over. */
function checkPage(
  page: Page,
  before: RelativePath | undefined,
  side: ListingSide,
): RelativePath | undefined {
  let last = before;
  for (const item of page.items) {
    if (item.kind === "folder") continue;
    if (last !== undefined && compareUtf8(last, item.path) > 0)
      throw new DisorderError(side, last, item.path);
    last = item.path;
  }
  return last;
}
