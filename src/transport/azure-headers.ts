import type { Random } from "../foundation/clock.ts";
import type { Layer } from "./transport.ts";

export interface AzureHeaderOptions {
  /** x-ms-version; what AZCOPY_DEFAULT_SERVICE_API_VERSION names, where it is set. */
  readonly serviceVersion?: string;
  readonly userAgent: string;
  readonly random: Random;
}

export const serviceVersionDefault = "2025-07-05";

/**
 * Adds what every request to Azure carries: the service version, who asks, and an id by which support finds the
 * request. Belongs outside the retry layer, so that the tries of one request share its id.
 */
export function azureHeaders(options: AzureHeaderOptions): Layer {
  const { serviceVersion = serviceVersionDefault, userAgent, random } = options;
  return (next) => (request, signal) => {
    const headers = {
      "x-ms-version": serviceVersion,
      "user-agent": userAgent,
      "x-ms-client-request-id": uuid(random.bytes(16)),
      ...request.headers,
    };
    return next({ ...request, headers }, signal);
  };
}

/** "[prefix ]AzCopy/<version> (<runtime>; <platform>)", free of what a header cannot carry. */
export function userAgent(parts: {
  /** AZCOPY_USER_AGENT_PREFIX. */
  readonly prefix: string | undefined;
  readonly version: string;
  readonly runtime: string;
  readonly platform: string;
}): string {
  const own = `AzCopy/${parts.version} (${parts.runtime}; ${parts.platform})`;
  const prefix = (parts.prefix ?? "").replace(/[^\x20-\x7e]/g, "").trim();
  return prefix === "" ? own : `${prefix} ${own}`;
}

/** A random UUID (version 4) out of 16 random bytes. */
function uuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
  const variant = "89ab"[(bytes[8] ?? 0) & 3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
