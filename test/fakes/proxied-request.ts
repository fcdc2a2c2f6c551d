/** What a request to Blob storage is for. Bytes and faults are counted and chosen by it. */
export type RequestKind =
  | "putBlob"
  | "putBlock"
  | "putBlockList"
  | "getBlob"
  | "headBlob"
  | "getBlockList"
  | "listBlobs"
  | "container"
  | "deleteBlob"
  | "other";

export interface ProxiedRequest {
  readonly method: string;
  readonly kind: RequestKind;
  /** Without the query, still encoded: "/account/container/a%20b". */
  readonly path: string;
  /** The blob's name, decoded; "" when the request is about a container or the account. */
  readonly name: string;
  readonly query: URLSearchParams;
  /** How many requests with this method, path and operation came before this one. */
  readonly repeat: number;
}

/** Tells a request to an account at an IP address (account, container and name in the path) by its parts. */
export function readRequest(method: string, url: string): Omit<ProxiedRequest, "repeat"> {
  const mark = url.indexOf("?");
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? "" : url.slice(mark));
  const name = decoded(path.split("/").slice(3).join("/"));
  return { method, path, name, query, kind: kindOf(method, name, query) };
}

function kindOf(method: string, name: string, query: URLSearchParams): RequestKind {
  const operation = query.get("comp");
  if (query.get("restype") === "container") return operation === "list" ? "listBlobs" : "container";
  if (name === "") return "other";
  if (method === "PUT") {
    if (operation === null) return "putBlob";
    if (operation === "block") return "putBlock";
    return operation === "blocklist" ? "putBlockList" : "other";
  }
  if (method === "GET") {
    if (operation === null) return "getBlob";
    return operation === "blocklist" ? "getBlockList" : "other";
  }
  if (method === "HEAD") return "headBlob";
  return method === "DELETE" ? "deleteBlob" : "other";
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
