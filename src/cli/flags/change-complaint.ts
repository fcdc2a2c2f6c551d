import { locationOf } from "../../commands/from-to.ts";

/** The one argument of a command that changes blobs, and by its looks or --from-to what kind of place it is. */
export function changeComplaint(words: ChangeWords) {
  return (args: readonly string[], fromTo: string): string | undefined => {
    const [address] = args;
    if (address === undefined || args.length !== 1) return words.count(args.length);
    if (fromTo !== "") return fromTo.includes(words.end) ? undefined : words.badEnd;
    const location = locationOf(address);
    return ["Blob", "File", "BlobFS"].includes(location) ? undefined : words.badSource(location);
  };
}

export interface ChangeWords {
  readonly count: (count: number) => string;
  /** What --from-to has to contain, in just this case. */
  readonly end: string;
  readonly badEnd: string;
  readonly badSource: (location: string) => string;
}

export const removeWords: ChangeWords = {
  count: (count) => `remove command only takes 1 arguments. Passed ${count} arguments`,
  end: "Trash",
  badEnd: "invalid destination. please enter a valid destination, i.e. BlobTrash, FileTrash, BlobFSTrash",
  badSource: (location) =>
    `invalid source type ${location} to delete. azcopy support removing blobs/files/adls gen2`,
};

export const setPropertiesWords: ChangeWords = {
  count: (count) => `set-properties command only takes 1 argument (src). Passed ${count} argument(s)`,
  end: "None",
  badEnd: "invalid destination. Please enter a valid destination, i.e. BlobNone, FileNone, BlobFSNone",
  badSource: (location) =>
    `invalid source type ${location}. azcopy supports set-properties of blobs/files/adls gen2`,
};
