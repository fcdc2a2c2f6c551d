import type { Properties } from "../backend.ts";

type Headers = Record<string, string>;

const contentHeaders = [
  ["contentType", "content-type"],
  ["contentEncoding", "content-encoding"],
  ["contentLanguage", "content-language"],
  ["contentDisposition", "content-disposition"],
  ["cacheControl", "cache-control"],
  ["contentMd5", "content-md5"],
] as const;
const metadataPrefix = "x-ms-meta-";

/** The headers of Put Blob and Put Block List that give a blob its properties. A blob's own time cannot be set. */
export function propertyHeaders(properties: Properties): Headers {
  const headers: Headers = {};
  for (const [key, name] of contentHeaders) {
    const value = properties[key];
    if (value !== undefined && value !== "") headers[`x-ms-blob-${name}`] = onWire(value);
  }
  if (properties.tier !== undefined) headers["x-ms-access-tier"] = properties.tier;
  return Object.assign(headers, metadataHeaders(properties.metadata ?? {}));
}

/** The headers that give a blob its metadata: all that it then has. */
export function metadataHeaders(metadata: Readonly<Headers>): Headers {
  const headers: Headers = {};
  for (const [name, value] of Object.entries(metadata)) headers[metadataPrefix + name] = onWire(value);
  return headers;
}

/** The properties that a response to HEAD or GET tells of. A tier that was never set explicitly is none. */
export function propertiesOf(headers: Readonly<Headers>): Properties {
  const properties: { -readonly [K in keyof Properties]: Properties[K] } = {};
  for (const [key, name] of contentHeaders) {
    const value = headers[name];
    if (value !== undefined && value !== "") properties[key] = fromWire(value);
  }
  const tier = headers["x-ms-access-tier"];
  if (tier !== undefined && headers["x-ms-access-tier-inferred"] !== "true") properties.tier = tier;
  const metadata: Headers = {};
  for (const name of Object.keys(headers)) {
    if (name.startsWith(metadataPrefix)) {
      metadata[name.slice(metadataPrefix.length)] = fromWire(headers[name] ?? "");
    }
  }
  if (Object.keys(metadata).length > 0) properties.metadata = metadata;
  return properties;
}

/** Headers go over the wire byte by byte as Latin-1; what is beyond ASCII is sent as its UTF-8, as AzCopy does. */
const onWire = (value: string): string => Buffer.from(value, "utf8").toString("latin1");
const fromWire = (value: string): string => Buffer.from(value, "latin1").toString("utf8");
