import type { Entry, Gap, Listing, Page, RelativePath } from "../backends/backend.ts";
import { StorageError } from "../foundation/errors.ts";
import { isEntry, joinByPath, type Pair, type Side } from "../listing/join.ts";
import { decide } from "./decide.ts";
import type { PlannedPage } from "./planner.ts";

export interface SyncPlanRules {
  /** What only the destination has is planned to go; the caller may still say no to each. */
  readonly removeExtra: boolean;
  /** Whether an object that both sides have is to be copied again. */
  differs(source: Entry, destination: Entry): boolean | Promise<boolean>;
  /** Asked for each object that only the destination has, where `removeExtra` holds. */
  mayRemove(destination: Entry): boolean | Promise<boolean>;
  /** Whether a path takes part at all: what a filter hides is neither copied nor removed. */
  wants(entry: Entry): boolean;
}

/** What a scan of two sides met. */
export class SyncTally {
  atSource = 0;
  atDestination = 0;
}

/**
 * Compares two listings, both in compareUtf8 order of full paths, and yields what is to be done, in flat memory.
 * Rejects as joinByPath() does. A link or special file at the source counts as passed over, and what the
 * destination has at its path is left alone: something is there, and it is not for us to say that it is not.
 */
export async function* planSync(
  source: Listing,
  destination: Listing,
  rules: SyncPlanRules,
  tally: SyncTally,
): AsyncIterable<PlannedPage> {
  const gaps: Gap[] = [];
  const left = collectingGaps(source, gaps);
  const right = collectingGaps(destination, gaps);
  for await (const pairs of joinByPath(left, right)) {
    const page = emptyPage();
    for (const pair of pairs) await planPair(pair, rules, tally, page);
    page.gaps.push(...gaps.splice(0));
    yield page;
  }
  if (gaps.length > 0) yield { ...emptyPage(), gaps };
}

/** A page under construction. */
interface Draft {
  readonly files: Entry[];
  readonly removals: Entry[];
  readonly undecided: { readonly entry: Entry; readonly error: StorageError }[];
  symlinks: number;
  specials: number;
  readonly gaps: Gap[];
  readonly token: undefined;
}

function emptyPage(): Draft {
  return { files: [], removals: [], undecided: [], symlinks: 0, specials: 0, gaps: [], token: undefined };
}

async function planPair(pair: Pair, rules: SyncPlanRules, tally: SyncTally, page: Draft): Promise<void> {
  const { source } = pair;
  const destination = fileOnly(pair.destination);
  const entry = isEntry(source) ? source : destination;
  if (!isEntry(entry) || !rules.wants(entry)) return;
  if (isEntry(source) && source.kind !== "file") {
    if (source.kind === "symlink") page.symlinks++;
    else page.specials++;
    return;
  }
  if (isEntry(source)) tally.atSource++;
  if (isEntry(destination)) tally.atDestination++;
  const both = isEntry(source) && isEntry(destination);
  const differs = both && (await rules.differs(source, destination));
  switch (decide(source, destination, { removeExtra: rules.removeExtra, differs: () => differs })) {
    case "copy":
      page.files.push(source as Entry);
      return;
    case "remove":
      if (await rules.mayRemove(destination as Entry)) page.removals.push(destination as Entry);
      return;
    case "fail":
      page.undecided.push({ entry: source as Entry, error: unknownThere(pair.path) });
      return;
    case "leave":
      return;
  }
}

/** A link or special file at the destination is not ours to remove, and is no copy of a file. */
function fileOnly(side: Side): Side {
  return isEntry(side) && side.kind !== "file" ? undefined : side;
}

function unknownThere(path: RelativePath): StorageError {
  return new StorageError(
    "Undecided",
    `"${path}" was not copied: the folder it belongs in could not be listed at the destination, ` +
      "so what is there may be newer. Make that folder readable, then sync again",
  );
}

/** Passes pages through, and notes the gaps in them. */
async function* collectingGaps(listing: Listing, gaps: Gap[]): AsyncIterable<Page> {
  for await (const page of listing) {
    for (const item of page.items) if (item.kind === "gap") gaps.push(item);
    yield page;
  }
}
