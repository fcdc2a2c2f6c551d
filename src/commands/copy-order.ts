import type { Entry, RelativePath } from "../backends/backend.ts";
import type { Endpoint } from "../backends/endpoint.ts";
import { StorageError } from "../foundation/errors.ts";
import type { Secret } from "../foundation/secret.ts";
import { type CopyRules, noChanges } from "../job/order.ts";
import { compileFilter, type FilterSpec } from "../listing/filter.ts";
import { type Selection, select } from "../listing/select.ts";
import { copyWords, type Errand } from "./carry-out.ts";

/** What a copy job was asked to do: plain data in the job's header, from which it can be resumed. No secret. */
export interface CopyOrder {
  readonly verb: "copy";
  readonly fromTo: string;
  readonly source: StoredEndpoint;
  readonly destination: StoredEndpoint;
  readonly selection: Selection;
  readonly filter: FilterSpec;
  readonly renamedTo?: RelativePath;
  readonly rules: CopyRules;
}

/** An endpoint without its credential; `needsSas` says that there was one. */
export type StoredEndpoint = { readonly endpoint: Endpoint; readonly needsSas: boolean };

/** Takes the credential off an endpoint, so that it may stand in a plan. */
export function storeEndpoint(endpoint: Endpoint): StoredEndpoint {
  if (endpoint.kind !== "blob") return { endpoint, needsSas: false };
  return { endpoint: { ...endpoint, sas: undefined }, needsSas: endpoint.sas !== undefined };
}

/** The endpoint with a credential given anew. Throws "InvalidArgument" when one is needed and none is given. */
export function restoreEndpoint(stored: StoredEndpoint, sas: Secret | undefined, flag: string): Endpoint {
  if (stored.endpoint.kind !== "blob") return stored.endpoint;
  if (stored.needsSas && sas === undefined) {
    throw new StorageError(
      "InvalidArgument",
      "the source-sas and destination-sas switch must be provided to resume the job: " +
        `its plan holds no credentials, so give the token again with ${flag}`,
    );
  }
  return { ...stored.endpoint, sas };
}

/** The endpoints of an order, credentials included. */
export interface Endpoints {
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

/** A copy as an errand. `found`: what a look at a sole source object gave a moment ago. */
export function copyErrand(order: CopyOrder, endpoints: Endpoints, found: Entry | undefined): Errand {
  const filter = compileFilter(order.filter);
  return {
    ...endpoints,
    rules: order.rules,
    changes: noChanges,
    needsChanges: false,
    removalsApart: false,
    logWords: copyWords(order.rules.direction),
    ...(order.renamedTo === undefined ? {} : { renamedTo: order.renamedTo }),
    scan: ({ source }, from, signal) => select(source, order.selection, filter, { from, found }, signal),
    rescans: false,
  };
}
