import { malformed, textOf } from "./xml.ts";

export interface ContainerPage {
  readonly names: readonly string[];
  readonly nextMarker: string;
}

/** Reads a page of List Containers. Throws "Corrupt" when the body is no such page. */
export function scanContainerPage(body: Uint8Array): ContainerPage {
  const xml = Buffer.from(body.buffer, body.byteOffset, body.length).toString("utf8");
  if (!xml.includes("<EnumerationResults") || !xml.includes("<Containers")) {
    throw malformed("page of List Containers");
  }
  const names: string[] = [];
  for (let at = xml.indexOf("<Container>"); at >= 0; at = xml.indexOf("<Container>", at + 1)) {
    const name = textOf(xml.slice(at, xml.indexOf("<Properties", at)), "Name");
    if (name === undefined) throw malformed("page of List Containers");
    names.push(name);
  }
  return { names, nextMarker: textOf(xml, "NextMarker") ?? "" };
}
