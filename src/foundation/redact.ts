const shown = "-REDACTED-";

/**
 * The ends of the names whose values are secrets. Nothing is asked of what stands before them: it may be a word
 * ("access_token"), an encoded character ("%26sig", "\u0026sig") or the name of a container that a signature was
 * glued to by mistake.
 */
const secretNames = "(sig|signature|token|credential|accountkey|client_secret)";
/** name=value as in a query or a connection string, "=" percent-encoded any number of times. */
const pairs = new RegExp(`${secretNames}(=|%(?:25)*3D)([^&\\s"'<>;\\\\]+)`, "gi");
/** "name": "value" as in JSON, 'name' => 'value' as in a dump of an object; quotes may be escaped. */
const quotedPairs = new RegExp(`${secretNames}(\\\\*["']\\s*(?::|=>|,)\\s*\\\\*["'])([^"'\\\\]+)`, "gi");
/** name: value as in headers and dumps. Only long values, since a message may say "bad token: ..." as well. */
const headers = new RegExp(`${secretNames}(:[ \\t]*["']?)([A-Za-z0-9+/=%_.~-]{16,})`, "gi");
const bearer = /\b(Bearer|SharedKey(?:Lite)?)\s+[A-Za-z0-9._~+/=:-]+/g;

/** Any text with the values of credentials replaced. For everything that reaches a log, a plan or a person. */
export function redact(text: string): string {
  // The pairs last: their values reach furthest, and might swallow the name of another secret.
  return text
    .replace(bearer, `$1 ${shown}`)
    .replace(quotedPairs, `$1$2${shown}`)
    .replace(headers, `$1$2${shown}`)
    .replace(pairs, `$1$2${shown}`);
}

/** An address without its query: what output lines and errors show. */
export function withoutQuery(url: string): string {
  const mark = url.indexOf("?");
  return mark < 0 ? url : url.slice(0, mark);
}
