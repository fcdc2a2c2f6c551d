/** Content types by lower-case extension with its dot: ".md". */
export type ContentTypes = ReadonlyMap<string, string>;

/** AzCopy's own table, which comes before any other so that a web site looks alike wherever it is uploaded from. */
const builtIn: Readonly<Record<string, string>> = {
  ".css": "text/css",
  ".gif": "image/gif",
  ".htm": "text/html",
  ".html": "text/html",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": "application/javascript",
  ".mjs": "application/javascript",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
  ".xml": "text/xml",
};

/** From the last dot of the last name, as Go's filepath.Ext. "" without one. */
function extensionOf(path: string): string {
  const dot = path.lastIndexOf(".");
  if (dot < 0 || path.indexOf("/", dot) >= 0 || path.indexOf("\\", dot) >= 0) return "";
  return path.slice(dot).toLowerCase();
}

/**
 * Guesses content types by file name: by the user's table, then AzCopy's own, then a broad one (where AzCopy asks
 * the machine's, which differs from machine to machine). Parameters such as charset are left out (semantics 4.5).
 */
export class ContentTypeGuess {
  readonly #given: ContentTypes | undefined;
  #broad: ContentTypes | undefined;

  constructor(given: ContentTypes | undefined) {
    this.#given = given;
  }

  /** undefined for an extension that no table knows: then the content decides. */
  async typeOf(path: string): Promise<string | undefined> {
    const extension = extensionOf(path);
    if (extension.length < 2) return undefined;
    const known = this.#given?.get(extension) ?? builtIn[extension];
    if (known !== undefined) return known;
    this.#broad ??= await loadBroadTypes();
    return this.#broad.get(extension);
  }
}

interface MediaType {
  readonly source?: string;
  readonly extensions?: readonly string[];
}

/** The less formal a source, the more its types vary. */
const trust: Readonly<Record<string, number>> = { iana: 3, apache: 2, nginx: 1 };
/** Says nothing that looking at the content would not say better. */
const unspecific = "application/octet-stream";

/** Reads the table of media types: 200 KB, so only a run that meets an extension outside the short tables pays. */
async function loadBroadTypes(): Promise<ContentTypes> {
  const { default: database } = await import("mime-db/db.json", { with: { type: "json" } });
  const best = new Map<string, { readonly type: string; readonly rank: number }>();
  for (const [type, about] of Object.entries<object>(database)) {
    const { source = "", extensions = [] } = about as MediaType;
    // Of two with the same standing, films are what people mean by .mp4 and .3gpp.
    const rank = (trust[source] ?? 0) + (type.startsWith("video/") ? 0.5 : 0);
    for (const extension of extensions) {
      const key = `.${extension}`;
      if (rank > (best.get(key)?.rank ?? -1)) best.set(key, { type, rank });
    }
  }
  return new Map(
    [...best].filter(([, { type }]) => type !== unspecific).map(([key, { type }]) => [key, type]),
  );
}
