const shown = "-REDACTED-";

/** Query parameters and header-like pairs whose value is a secret, whatever surrounds them. */
const secretPairs =
  /\b(sig|signature|token|access_token|refresh_token|client_secret|x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|x-goog-credential|accountkey|sharedaccesssignature)(=|%3D)([^&\s"'<>;]+)/gi;
const bearer = /\b(Bearer|SharedKey)\s+[A-Za-z0-9._~+/=:-]+/g;

/** Any text with the values of credentials replaced. For everything that reaches a log, a plan or a person. */
export function redact(text: string): string {
  return text.replace(secretPairs, `$1$2${shown}`).replace(bearer, `$1 ${shown}`);
}

/** An address without its query: what output lines and errors show. */
export function withoutQuery(url: string): string {
  const mark = url.indexOf("?");
  return mark < 0 ? url : url.slice(0, mark);
}
