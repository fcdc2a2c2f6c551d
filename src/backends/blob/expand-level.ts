import type { Listed, ListOptions, Page } from "../backend.ts";
import { checkPlaces, groupPrefix, isVirtualFolder, levelKey } from "./divide-listing.ts";
import { type FlatPiece, flatPiece, type LevelPiece } from "./listing-piece.ts";
import { type LevelMark, tokenOf } from "./listing-place.ts";

/** Folders of a level whose sizes are known before others of them are listed together. */
const foldersKnownMin = 8;

/** Takes in the page of a level that `nextMarker` asked for; `followingMarker` asks for the one after it. */
export function takeLevelPage(level: LevelPiece, items: readonly Listed[], followingMarker: string): void {
  checkPlaces(items);
  const { skip } = level;
  level.items = items;
  level.at = skip?.doneOf(items) ?? endOfDone(items, 0, level.mark);
  level.mark = { ...level.mark, marker: level.nextMarker };
  level.nextMarker = followingMarker;
  if (level.at < items.length) {
    level.skip = undefined;
  } else if (followingMarker === "" && skip?.again !== undefined) {
    level.skip = skip.again;
    level.nextMarker = skip.mark.marker;
  }
}

export interface Expansion {
  readonly enters: ListOptions["enters"];
  /** What a request should bring. */
  readonly entriesMin: number;
  /** The prefix of the whole listing. */
  readonly listed: string;
}

/** The next piece of a level, from what is at hand: blobs, a folder or several small ones. undefined: used up. */
export function nextPieceOf(level: LevelPiece, expansion: Expansion): FlatPiece | undefined {
  for (let item = level.items[level.at]; item !== undefined; item = level.items[level.at]) {
    if (!isVirtualFolder(item)) return blobsOf(level, expansion.listed);
    if (expansion.enters?.(item.path) !== false) return foldersOf(level, expansion.entriesMin);
    pass(level, levelKey(item));
  }
  return undefined;
}

/** The blobs of a level up to its next folder. */
function blobsOf(level: LevelPiece, listed: string): FlatPiece {
  const { items, at, mark, levels } = level;
  let end = at;
  while (end < items.length && !isVirtualFolder(items[end] as Listed)) end++;
  const run = items.slice(at, end);
  const page: Page = { items: run, token: tokenOf({ levels: [...levels, mark], flat: undefined }, listed) };
  const piece = flatPiece({ prefix: mark.prefix, marker: undefined, only: mark.prefix }, levels);
  piece.ready.push(page);
  piece.ended = true;
  level.at = end;
  level.mark = { ...mark, after: levelKey(run.at(-1) as Listed), whole: false };
  return piece;
}

function foldersOf(level: LevelPiece, entriesMin: number): FlatPiece {
  const { folders, entries } = level.known;
  const each = folders < foldersKnownMin ? entriesMin : Math.max(1, entries / folders);
  const prefix = groupPrefix(level.items, level.at, level.mark, Math.ceil(entriesMin / each));
  const before = level.at;
  pass(level, prefix);
  const mark = { prefix, marker: undefined, only: prefix };
  return flatPiece(mark, [...level.levels, level.mark], level, level.at - before);
}

/** All that begins with `prefix` is done, or a piece of its own. */
function pass(level: LevelPiece, prefix: string): void {
  level.mark = { ...level.mark, after: prefix, whole: true };
  level.at = endOfDone(level.items, level.at, level.mark);
}

/** Where what is done ends, if no more than its last part stands at `start`. */
function endOfDone(items: readonly Listed[], start: number, { after, whole }: LevelMark): number {
  for (let at = start; at < items.length; at++) {
    const key = levelKey(items[at] as Listed);
    if (whole ? !key.startsWith(after) : key !== after) return at;
  }
  return items.length;
}
