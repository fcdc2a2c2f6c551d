import { posix, win32 } from "node:path";
import { StorageError } from "../foundation/errors.ts";
import { redact, withoutQuery } from "../foundation/redact.ts";
import { Secret } from "../foundation/secret.ts";
import type { BlobEndpoint, LocalEndpoint } from "./endpoint.ts";

/** Where a local argument is to be understood. */
export interface LocalPlace {
  /** Absolute: what relative paths are relative to. */
  readonly cwd: string;
  /** As process.platform names it: only "win32" makes a difference. */
  readonly platform: string;
}

/** One parsed blob URL, with what its text said beyond naming a place. */
export interface BlobArgument {
  readonly endpoint: BlobEndpoint;
  /** The path ended in "/": a virtual folder by syntax, whatever is there. */
  readonly trailingSlash: boolean;
  /** The path ended in "/*": what the folder contains, without the folder itself. */
  readonly star: boolean;
  /** A container name with wildcards, in the dialect of Go's path.Match; the endpoint is then the account. */
  readonly containerPattern: string | undefined;
}

/** The path rules of a platform. */
export const pathsOf = (platform: string): typeof posix => (platform === "win32" ? win32 : posix);

/**
 * Makes a local argument absolute and cleans it lexically; nothing is URL-decoded and nothing is looked at.
 * A final separator vanishes: it says nothing about a local path (semantics 1.1). Throws "InvalidArgument" for "".
 */
export function parseLocal(text: string, { cwd, platform }: LocalPlace): LocalEndpoint {
  if (text === "") {
    throw new StorageError(
      "InvalidArgument",
      'a local path is empty: write "." for the folder you are in, or check the variable that should hold it',
    );
  }
  return { kind: "local", path: pathsOf(platform).resolve(cwd, text) };
}

/** As parseLocal(), and knows the platform's name for nowhere ("/dev/null", "NUL" on Windows; semantics 1.7). */
export function parseLocalDestination(text: string, place: LocalPlace): LocalEndpoint | { kind: "null" } {
  return text === (place.platform === "win32" ? "NUL" : "/dev/null")
    ? { kind: "null" }
    : parseLocal(text, place);
}

/** Scheme, authority, path, query, fragment. Not the URL class: it would resolve ".." inside blob names. */
const urlShape = /^(https?):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(#.*)?$/is;

const wildcardMessage =
  'cannot use wildcards in the path section of the URL except in trailing "/*". ' +
  "If you wish to use * in your URL, manually encode it to %2A";

/**
 * Parses a blob URL into the place it names. The path is percent-decoded once ("+" is a plus), one final "/" or
 * "/*" is taken off, snapshot and version leave the query, and the rest of the query becomes the SAS.
 * Throws "InvalidArgument" for what is no such URL, a wildcard elsewhere, a bad percent escape, or a SAS that
 * was glued on without "?"; the message carries no signature.
 */
export function parseBlobUrl(text: string): BlobArgument {
  const [, scheme = "", authority = "", pathname = "", query = "", fragment] = urlShape.exec(text) ?? [];
  if (authority === "") {
    throw invalid(
      `${withoutQuery(text)} is not a blob URL: it must begin with http:// or https:// and a host`,
    );
  }
  const origin = originOf(scheme, authority);
  if (fragment !== undefined) {
    throw invalid(`the URL at ${origin} contains a "#": in a blob's name it must be written %23`);
  }
  refuseGluedSas(pathname, origin);
  const shown = redact(`${origin}${pathname}`);
  const [account, inAccount] = splitAccount(origin, authority, pathname.slice(1));
  const slash = inAccount.indexOf("/");
  const containerText = slash < 0 ? inAccount : inAccount.slice(0, slash);
  const { path, trailingSlash, star } = parsePath(slash < 0 ? "" : inAccount.slice(slash + 1), shown);
  if (containerText === "" && (path !== "" || star))
    throw invalid(`${shown} names no container before its path`);
  const pattern = containerText.includes("*");
  if (pattern && (path !== "" || star)) {
    throw invalid(`cannot combine a specific object name with an account-level search: ${shown}`);
  }
  const { sas, snapshot, versionId } = parseQuery(query, shown);
  return {
    endpoint: {
      kind: "blob",
      account,
      container: pattern ? "" : decodePercent(containerText, shown),
      path,
      sas,
      ...(snapshot === undefined ? {} : { snapshot }),
      ...(versionId === undefined ? {} : { versionId }),
    },
    trailingSlash,
    star,
    containerPattern: pattern ? decodePercent(containerText, shown) : undefined,
  };
}

/** A place as a person writes it, without credentials. For messages. */
export function nameOfBlob({ account, container, path }: BlobEndpoint): string {
  return [account, container, path].filter((part) => part !== "").join("/");
}

/** Scheme, host and port, all in lower case. */
function originOf(scheme: string, authority: string): string {
  const url = URL.parse(`${scheme}://${authority}`);
  if (url === null) throw invalid(`"${authority}" is not a valid host`);
  if (url.username !== "" || url.password !== "") {
    throw invalid(`the URL at ${url.host} carries a user name or password: use a SAS, or log in`);
  }
  return `${url.protocol}//${url.host}`;
}

/**
 * Takes the account off the path where the host cannot name it: IP addresses, and names without a dot, which are
 * machines in one's own network ("localhost", a service of a compose file). Surface 6.3.
 */
function splitAccount(origin: string, authority: string, path: string): [account: string, rest: string] {
  const host = authority.replace(/:\d*$/, "");
  const named = !host.startsWith("[") && !/^\d+(\.\d+){3}$/.test(host) && host.includes(".");
  if (named) return [origin, path];
  const slash = path.indexOf("/");
  const account = slash < 0 ? path : path.slice(0, slash);
  if (account === "")
    throw invalid(`${origin} names no account: write ${origin}/<account>/<container>/<path>`);
  return [`${origin}/${account}`, slash < 0 ? "" : path.slice(slash + 1)];
}

function parsePath(
  text: string,
  shown: string,
): Pick<BlobArgument, "trailingSlash" | "star"> & { path: string } {
  const star = text === "*" || text.endsWith("/*");
  // "a//*" is the content of the folder "a/": only the star goes.
  const onlyStar = text === "*" || `/${text}`.endsWith("//*");
  const folder = star ? text.slice(0, onlyStar ? -1 : -2) : text;
  if (folder.includes("*")) throw invalid(wildcardMessage);
  const trailingSlash = folder.endsWith("/");
  const path = trailingSlash ? folder.slice(0, -1) : folder;
  // Read as the container itself it would silently be wider than what was asked for.
  if (path === "" && trailingSlash)
    throw invalid(`${shown} has two slashes after the container: leave one out`);
  return { path: decodePercent(path, shown), trailingSlash, star };
}

/** Decodes percent escapes, once. Throws "InvalidArgument" for one that is broken or not UTF-8. */
function decodePercent(text: string, shown: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(`${shown} contains an invalid percent escape: a literal "%" must be written %25`);
  }
}

/**
 * Parameters of single requests, which copied addresses sometimes carry. Passed on they would turn one operation
 * into another.
 */
const requestParameters = new Set(
  ["comp", "restype", "timeout", "prefix", "delimiter", "marker", "maxresults", "include", "showonly"].concat(
    ["blockid", "blocklisttype", "api-version"],
  ),
);

function parseQuery(query: string, shown: string) {
  const kept: string[] = [];
  let snapshot: string | undefined;
  let versionId: string | undefined;
  for (const pair of query.replace(/^\?+/, "").split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const value = equals < 0 ? "" : pair.slice(equals + 1);
    const key = name.toLowerCase();
    if (key === "snapshot") snapshot = decodePercent(value, shown);
    else if (key === "versionid") versionId = decodePercent(value, shown);
    else if (!requestParameters.has(key)) kept.push(`${name}=${encodeValue(key, value, shown)}`);
  }
  return { sas: kept.length === 0 ? undefined : new Secret(kept.join("&")), snapshot, versionId };
}

/**
 * Brings a value, pasted encoded or not, into its encoded form. A signature is Base64, so a "+" in it (or the
 * blank that some shell or form made of it) can only be a plus; elsewhere a raw "+" keeps its meaning.
 */
function encodeValue(key: string, value: string, shown: string): string {
  if (key === "sig") return encodeURIComponent(decodePercent(value, shown).replaceAll(" ", "+"));
  return value
    .split("+")
    .map((part) => encodeURIComponent(decodePercent(part, shown)))
    .join("+");
}

/** A SAS glued on without "?" would become part of a name, and its signature would be printed with that name. */
function refuseGluedSas(pathname: string, origin: string): void {
  if (!/sig=[^&]/i.test(pathname)) return;
  if (!/&(sig|sv|se|st|sp|sr|ss|srt|spr|sip|si|sk[a-z]+)=/i.test(pathname)) return;
  throw invalid(
    `the URL at ${origin} seems to carry a SAS that is glued to the path: put a "?" between the path and the SAS ` +
      '(if it is a name that looks like one, write its "&" as %26)',
  );
}

const invalid = (message: string): StorageError => new StorageError("InvalidArgument", message);
