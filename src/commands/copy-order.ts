import type { RelativePath } from "../backends/backend.ts";
import type { Endpoint } from "../backends/endpoint.ts";
import { StorageError } from "../foundation/errors.ts";
import type { Secret } from "../foundation/secret.ts";
import type { CopyRules } from "../job/order.ts";
import type { FilterSpec } from "../listing/filter.ts";
import type { Selection } from "../listing/select.ts";

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
