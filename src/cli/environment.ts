import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../foundation/errors.ts";
import { GiB } from "../foundation/units.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

/** What the environment says, checked (surface spec 3). */
export interface Environment {
  readonly logFolder: string;
  readonly plansFolder: string;
  /** undefined: found by measuring (unset, or AUTO). */
  readonly concurrency: number | undefined;
  /** undefined: by the machine's size. */
  readonly bufferBytes: number | undefined;
  /** undefined: the transport's own. */
  readonly tryTimeoutMs: number | undefined;
  readonly serviceVersion: string | undefined;
  readonly userAgentPrefix: string | undefined;
  /** Content types by extension (".json"), in lower case, where AZCOPY_CONTENT_TYPE_MAP names a file of them. */
  readonly contentTypes: ReadonlyMap<string, string> | undefined;
  /** File of certificates to trust besides the usual ones. */
  readonly certificatesFile: string | undefined;
}

/** A variable that cannot be understood. `fatal`: AzCopy tells of it on stderr with a time before it. */
export class EnvironmentError extends Error {
  readonly fatal: boolean;

  constructor(message: string, fatal: boolean) {
    super(message);
    this.fatal = fatal;
  }
}

/** Throws EnvironmentError for a variable that cannot be understood. */
export function readEnvironment(variables: Variables): Environment {
  const own = join(variables["HOME"] || variables["USERPROFILE"] || homedir(), ".azcopy");
  // Checked although nothing here needs them yet: a script with a typing error fails today, not tomorrow.
  wholeNumber(variables, "AZCOPY_CONCURRENT_FILES");
  wholeNumber(variables, "AZCOPY_CONCURRENT_SCAN");
  const minutes = Number(variables["AZCOPY_REQUEST_TRY_TIMEOUT"] ?? "");
  return {
    logFolder: variables["AZCOPY_LOG_LOCATION"] || own,
    plansFolder: variables["AZCOPY_JOB_PLAN_LOCATION"] || join(own, "plans"),
    concurrency: concurrency(variables),
    bufferBytes: bufferBytes(variables),
    tryTimeoutMs: minutes > 0 ? minutes * 60_000 : undefined,
    serviceVersion: variables["AZCOPY_DEFAULT_SERVICE_API_VERSION"] || undefined,
    userAgentPrefix: variables["AZCOPY_USER_AGENT_PREFIX"] || undefined,
    contentTypes: contentTypes(variables["AZCOPY_CONTENT_TYPE_MAP"] || undefined),
    certificatesFile: variables["SSL_CERT_FILE"] || undefined,
  };
}

function concurrency(variables: Variables): number | undefined {
  const text = variables["AZCOPY_CONCURRENCY_VALUE"] ?? "";
  if (text.toUpperCase() === "AUTO") return undefined;
  const value = wholeNumber(variables, "AZCOPY_CONCURRENCY_VALUE");
  return value === undefined ? undefined : Math.max(1, value);
}

function bufferBytes(variables: Variables): number | undefined {
  const text = variables["AZCOPY_BUFFER_GB"] ?? "";
  if (text === "") return undefined;
  const gigabytes = Number(text);
  if (Number.isFinite(gigabytes) && gigabytes > 0) return Math.floor(gigabytes * GiB);
  throw new EnvironmentError(
    `Cannot parse environment variable AZCOPY_BUFFER_GB, due to error strconv.ParseFloat: parsing "${text}": ` +
      "invalid syntax; give a number of GiB, such as 0.5",
    false,
  );
}

/** The file is {"MIMETypeMapping": {".ext": "type/subtype"}}. */
function contentTypes(path: string | undefined): ReadonlyMap<string, string> | undefined {
  if (path === undefined) return undefined;
  try {
    const content = JSON.parse(readFileSync(path, "utf8")) as { MIMETypeMapping?: Record<string, unknown> };
    const pairs = Object.entries(content.MIMETypeMapping ?? {});
    return new Map(pairs.map(([extension, type]) => [extension.toLowerCase(), String(type)]));
  } catch (error) {
    throw new EnvironmentError(
      `AZCOPY_CONTENT_TYPE_MAP names a file that cannot be used: ${messageOf(error)}`,
      false,
    );
  }
}

function wholeNumber(variables: Variables, name: string): number | undefined {
  const text = variables[name] ?? "";
  if (text === "") return undefined;
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new EnvironmentError(
    `error parsing the env ${name} "${text}" failed with error strconv.ParseInt: parsing "${text}": invalid syntax`,
    true,
  );
}
