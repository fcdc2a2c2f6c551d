import type { Listed, Page } from "../backend.ts";
import { LevelSkip } from "./divide-listing.ts";
import type { FlatMark, LevelMark } from "./listing-place.ts";

interface AnyPiece {
  /** A page of it is under way. */
  fetching: boolean;
  /** Nothing more is to be asked for. */
  ended: boolean;
  failure: { readonly error: unknown } | undefined;
}

/** Names with the same beginning, listed flat. */
export interface FlatPiece extends AnyPiece {
  readonly kind: "flat";
  /** The levels around it, outermost first. */
  levels: readonly LevelMark[];
  /** What is to be asked for next. */
  mark: FlatMark;
  /** Pages that have come. */
  readonly ready: Page[];
  /** Entries that have come. */
  entries: number;
  /** Pages that have come since it last became narrower. */
  pages: number;
  /** Names that have passed of the level `mark.only`, or somewhat more. */
  names: number;
  /** The level that is to learn how large its folders are, and how many of them this stands for. */
  readonly parent: LevelPiece | undefined;
  readonly folders: number;
}

/** The rest of one level: its folders become pieces of their own, before this one. */
export interface LevelPiece extends AnyPiece {
  readonly kind: "level";
  readonly levels: readonly LevelMark[];
  /** What is done of the page at hand. */
  mark: LevelMark;
  /** The page at hand; empty before the first. */
  items: readonly Listed[];
  /** The next of the items. */
  at: number;
  /** Asks for the page after the one at hand. */
  nextMarker: string | undefined;
  skip: LevelSkip | undefined;
  /** Folders of known size, and the entries in them. */
  readonly known: { folders: number; entries: number };
}

export type Piece = FlatPiece | LevelPiece;

/** A flat piece that begins at `mark`; `parent` learns the size of its `folders`. */
export function flatPiece(
  mark: FlatMark,
  levels: readonly LevelMark[],
  parent?: LevelPiece,
  folders = 0,
): FlatPiece {
  const state = {
    fetching: false,
    ended: false,
    failure: undefined,
    ready: [],
    entries: 0,
    pages: 0,
    names: 0,
  };
  return { kind: "flat", mark, levels, parent, folders, ...state };
}

/** The level of `mark` from there on, inside of `levels`. */
function levelPiece(mark: LevelMark, levels: readonly LevelMark[]): LevelPiece {
  const state = { fetching: false, ended: false, failure: undefined, items: [], at: 0 };
  const known = { folders: 0, entries: 0 };
  return { kind: "level", mark, levels, nextMarker: mark.marker, skip: new LevelSkip(mark), known, ...state };
}

/** Pieces of all that comes after the last of `levels`, each of which lies in those before it; in the order of names. */
export function levelPieces(levels: readonly LevelMark[]): LevelPiece[] {
  return levels.map((mark, i) => levelPiece(mark, levels.slice(0, i))).reverse();
}
