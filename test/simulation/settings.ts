import type { Snapshot } from "../../src/job/events.ts";
import type { CopyRules, OverwriteRule } from "../../src/job/order.ts";

/** How a run of the process ended. */
export type Ending =
  | { readonly kind: "ended"; readonly snapshot: Snapshot }
  | { readonly kind: "scan failed" }
  | { readonly kind: "killed" }
  | { readonly kind: "power cut" };

/** What goes wrong in one seeded world. Probabilities per operation. */
export interface Weather {
  readonly busy: number;
  readonly lostReply: number;
  readonly slowMsMax: number;
  /** The objects that are refused for good while the world has them here. */
  readonly refused: Set<string>;
  /** A page of the listing that fails for good. */
  scanFails: number;
}

export interface Settings {
  readonly direction: CopyRules["direction"];
  readonly overwrite: OverwriteRule;
  readonly blockBytes: number;
  readonly putBytes: number | undefined;
  readonly checksums: boolean;
  readonly memoryBytes: number;
  readonly blocks: number;
  readonly lanes: number;
  readonly transfersPerPart: number;
  readonly residentTransfersMax: number;
  readonly pageItemsMax: number;
  readonly weather: Weather;
  /** A sync instead of a copy: what only the destination has is removed. */
  readonly sync?: { readonly gapsAtSource: readonly string[]; readonly gapsAtDestination: readonly string[] };
}

/** Statistics of a world without a network. */
export const noNetwork = {
  bytesOverWire: 0,
  requests: 0,
  serverBusy: 0,
  networkErrors: 0,
  requestMs: 0,
  activeConnections: 0,
};

/** How a listing that is refused for good is recognised. */
export const scanFailure = "the listing is refused";
/** Progress ticks without any step after which nothing can be under way. */
export const idleTicksMax = 1_000;
