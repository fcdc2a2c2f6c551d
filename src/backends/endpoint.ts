import type { Secret } from "../foundation/secret.ts";

/** Where something is: one parsed argument. Pure data, safe to print and to journal (a Secret prints REDACTED). */
export type Endpoint = LocalEndpoint | BlobEndpoint | { readonly kind: "null" };

export interface LocalEndpoint {
  readonly kind: "local";
  /** Absolute, cleaned, in the platform's own form; never URL-decoded. */
  readonly path: string;
}

export interface BlobEndpoint {
  readonly kind: "blob";
  /** Scheme, host and, for IP-style hosts, the account: "https://a.blob.core.windows.net", "http://127.0.0.1:10000/acct". */
  readonly account: string;
  /** Container name, decoded; "" for the account itself. */
  readonly container: string;
  /** Object name or virtual folder below the container, decoded; "" for the container itself. */
  readonly path: string;
  /** The query's SAS parameters, without "?". */
  readonly sas: Secret | undefined;
  /** ?snapshot= or ?versionid=, where the argument named one. */
  readonly snapshot?: string;
  readonly versionId?: string;
}
