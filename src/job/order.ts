import type { PropertyChange, RemovalRules } from "../backends/backend.ts";
import type { BlockRules } from "./block-plan.ts";

export type OverwriteRule = "true" | "false" | "prompt" | "ifSourceNewer";

export type CheckMd5 = "NoCheck" | "LogOnly" | "FailIfDifferent" | "FailIfDifferentOrMissing";

/** How every object of a copy is to be carried over: plain data, stored in the job's header. */
export interface CopyRules extends BlockRules {
  readonly direction: "upload" | "download";
  readonly overwrite: OverwriteRule;
  /** Compute the content's MD5 on the way and store it with the object. */
  readonly putMd5: boolean;
  /** Compare the content with the MD5 that the source keeps. */
  readonly checkMd5: CheckMd5;
  /** Set the source's modification time on what is written (downloads). */
  readonly preserveModified: boolean;
  /** Guess the content type from name and content, where `fixed` has none. */
  readonly guessContentType: boolean;
  /** Properties given by flags, for every object. */
  readonly fixed: {
    readonly contentType?: string;
    readonly contentEncoding?: string;
    readonly contentLanguage?: string;
    readonly contentDisposition?: string;
    readonly cacheControl?: string;
    readonly tier?: string;
    readonly metadata?: Readonly<Record<string, string>>;
  };
}

/** What happens to objects that are not copied: plain data, stored in the job's header. */
export interface ChangeRules {
  readonly removal: RemovalRules;
  readonly change: PropertyChange;
}

export const noChanges: ChangeRules = { removal: { snapshots: "refuse" }, change: {} };
