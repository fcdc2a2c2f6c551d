import {
  asPath,
  type Entry,
  type Listing,
  type ListOptions,
  type RelativePath,
  type Source,
  type Traits,
} from "../../src/backends/backend.ts";
import type { BlobEndpoint, Endpoint } from "../../src/backends/endpoint.ts";
import { decodeWindowsNames, encodeWindowsNames } from "../../src/backends/local/windows-names.ts";
import { walk } from "../../src/backends/walk.ts";
import { type ErrorCode, StorageError } from "../../src/foundation/errors.ts";
import { compareUtf8 } from "../../src/foundation/utf8-order.ts";

const traits: Omit<Traits, "folders"> = {
  order: "utf8",
  caseSensitive: true,
  blockBytesMax: 1,
  blockCountMax: 1,
  putBytesMax: 1,
};

const noContent = {
  read: (): Promise<never> => Promise.reject(new Error("names only")),
  verify: (): Promise<never> => Promise.reject(new Error("names only")),
  describe: (): Promise<never> => Promise.reject(new Error("names only")),
};

const entry = (kind: Entry["kind"], path: RelativePath): Entry => ({
  kind,
  path,
  bytes: kind === "file" ? 1 : 0,
  modifiedMs: 0,
  version: "1",
});

export interface NamedWorldOptions {
  /** Absolute paths: "/w/a.txt" a file, "/w/e/" a folder, "/w/p|" a pipe, "/w/l -> /w/a.txt" a link. */
  readonly disk?: readonly string[];
  /** Blob names by container. */
  readonly containers?: Readonly<Record<string, readonly string[]>>;
  /** Calls ("stat", "hasChildren", "list") on blobs that fail so. */
  readonly refused?: Readonly<Record<string, ErrorCode>>;
  readonly pageItemsMax?: number;
  /** The disk is one of Windows: names of objects are encoded there. */
  readonly windows?: boolean;
}

/**
 * A disk and a blob account that hold names and no content: what mapping and selection need. Counts what it is
 * asked: `asked` has "stat blob c d/a.txt", "list local /w/d" and the like.
 */
export class NamedWorld {
  readonly asked: string[] = [];
  readonly #nodes = new Map<string, Entry["kind"]>([["", "folder"]]);
  readonly #links = new Map<string, string>();
  readonly #containers: Readonly<Record<string, readonly string[]>>;
  readonly #options: NamedWorldOptions;

  constructor(options: NamedWorldOptions) {
    this.#options = options;
    this.#containers = options.containers ?? {};
    for (const line of options.disk ?? []) {
      const [path = "", target] = line.split(" -> ");
      const key = keyOf(path).replace(/\|$/, "");
      const parts = key.split("/");
      for (let depth = 1; depth < parts.length; depth++)
        this.#nodes.set(parts.slice(0, depth).join("/"), "folder");
      if (target !== undefined) this.#links.set(key, keyOf(target));
      const plain = /[/\\]$/.test(path) ? "folder" : path.endsWith("|") ? "special" : "file";
      this.#nodes.set(key, target === undefined ? plain : "symlink");
    }
  }

  readonly open = (endpoint: Endpoint): Source => {
    if (endpoint.kind === "local") return this.#disk(endpoint.path);
    if (endpoint.kind === "blob") return this.#blobs(endpoint);
    throw new Error("nothing can be read from nowhere");
  };

  #disk(path: string): Source {
    const own = keyOf(path);
    const root = this.#links.get(own) ?? own;
    const { windows = false } = this.#options;
    const keyIn = (relative: string): string =>
      relative === ""
        ? root
        : `${root}/${windows ? encodeWindowsNames(relative) : relative}`.replace(/\/$/, "");
    const childrenOf = (folder: RelativePath): string[] => {
      const key = keyIn(folder);
      if (this.#nodes.get(key) !== "folder") throw new StorageError("NotFound", `${key} is no folder`);
      const names = [...this.#nodes.keys()].filter((each) => each.startsWith(`${key}/`));
      const direct = names.map((each) => each.slice(key.length + 1)).filter((name) => !name.includes("/"));
      return windows ? direct.map(decodeWindowsNames) : direct;
    };
    const at = (relative: RelativePath): Entry | undefined => {
      const kind = this.#nodes.get(relative === "" ? own : keyIn(relative));
      return kind && entry(kind, relative);
    };
    const tree = {
      children: (folder: RelativePath) => [
        childrenOf(folder).map((name) => ({ name, folder: at(asPath(folder + name))?.kind === "folder" })),
      ],
      listed: at,
    };
    const limits = { pageItemsMax: this.#options.pageItemsMax ?? 3, namesHeldMax: 1_000 };
    return {
      ...noContent,
      traits: { ...traits, folders: "real" },
      list: (options, signal) => {
        this.asked.push(`list local ${path}`);
        return walk(tree, options, signal, limits);
      },
      stat: async (relative) => {
        this.asked.push(`stat local ${[path, relative].filter((part) => part !== "").join(" ")}`);
        return at(relative);
      },
      hasChildren: async (folder) => {
        this.asked.push(`hasChildren local ${path}`);
        return childrenOf(folder).length > 0;
      },
    };
  }

  #blobs({ container, path }: BlobEndpoint): Source {
    const prefix = path === "" ? "" : `${path}/`;
    const names = (call: string): readonly string[] => {
      const code = this.#options.refused?.[call];
      if (code !== undefined) throw new StorageError(code, `${call} is refused`);
      const all = container === "" ? this.#everything() : this.#containers[container];
      if (all === undefined) throw new StorageError("ContainerNotFound", `no container ${container}`);
      return all.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
    };
    const ask = (call: string, what: string): void => {
      this.asked.push(`${call} blob ${[container, prefix + what].filter((part) => part !== "").join(" ")}`);
    };
    return {
      ...noContent,
      traits: { ...traits, folders: "virtual" },
      list: (options) => {
        ask("list", options.prefix);
        return pages(names("list"), options, this.#options.pageItemsMax ?? 3);
      },
      stat: async (relative) => {
        ask("stat", relative);
        return names("stat").includes(relative) ? entry("file", relative) : undefined;
      },
      hasChildren: async (folder) => {
        ask("hasChildren", folder);
        const inside = folder === "" || folder.endsWith("/") ? folder : `${folder}/`;
        return names("hasChildren").some((name) => name.startsWith(inside));
      },
    };
  }

  #everything(): readonly string[] {
    return Object.entries(this.#containers).flatMap(([container, names]) =>
      names.map((name) => `${container}/${name}`),
    );
  }
}

/** Pages as a flat store gives them; a token is the last name of the page before. */
async function* pages(
  names: readonly string[],
  { prefix, recursive, from }: ListOptions,
  pageItemsMax: number,
): Listing {
  const wanted = names
    .filter((name) => name.startsWith(prefix) && (from === undefined || compareUtf8(name, from) > 0))
    .filter((name) => recursive || !name.includes("/", prefix.length))
    .sort(compareUtf8);
  let token = from;
  for (let start = 0; start === 0 || start < wanted.length; start += pageItemsMax) {
    const page = wanted.slice(start, start + pageItemsMax).map(asPath);
    yield { items: page.map((path) => entry("file", path)), token };
    token = page.at(-1);
  }
}

/** "/"-separated and without one at the end: "C:\\w\\" is "C:/w", "/" is "". */
const keyOf = (path: string): string => path.replaceAll("\\", "/").replace(/\/$/, "");
