import type { PropertyChange } from "../backends/backend.ts";
import type { CopyRules } from "../job/order.ts";
import type { FilterSpec } from "../listing/filter.ts";

/** What `azcopy sync` was asked for, checked and in our own words. */
export interface SyncRequest {
  readonly source: string;
  readonly destination: string;
  readonly recursive: boolean;
  readonly fromTo: string | undefined;
  readonly filter: FilterSpec;
  /** Items of --include-path: only what lies there is compared, copied or removed. */
  readonly includePath: readonly string[] | undefined;
  readonly rules: Omit<CopyRules, "direction" | "overwrite">;
  readonly compare: CompareRules;
  readonly removal: SyncRemoval;
  readonly dryRun: boolean;
}

/** When an object that both sides have is copied again. */
export interface CompareRules {
  /** Always (--mirror-mode). */
  readonly mirror: boolean;
  /** By MD5 where both sides keep one (--compare-hash). */
  readonly byMd5: boolean;
}

/** What happens to objects that only the destination has. */
export interface SyncRemoval {
  readonly mode: "false" | "true" | "prompt";
  /** --max-delete: a number of objects, or a share of the destination's objects from 0 to 1; undefined: no limit. */
  readonly most: { readonly count: number } | { readonly share: number } | undefined;
  /** --allow-empty-source: a source without any object may empty the destination. */
  readonly allowEmptySource: boolean;
}

/** What `azcopy remove` was asked for. */
export interface RemoveRequest {
  readonly target: string;
  readonly fromTo: string | undefined;
  readonly recursive: boolean;
  readonly filter: FilterSpec;
  /** Items of --include-path or lines of --list-of-files. */
  readonly includePath: readonly string[] | undefined;
  readonly snapshots: "refuse" | "include" | "only";
  readonly dryRun: boolean;
}

/** What `azcopy set-properties` was asked for. */
export interface SetPropertiesRequest {
  readonly target: string;
  readonly fromTo: string | undefined;
  readonly recursive: boolean;
  readonly filter: FilterSpec;
  readonly includePath: readonly string[] | undefined;
  readonly change: PropertyChange;
  readonly dryRun: boolean;
}
