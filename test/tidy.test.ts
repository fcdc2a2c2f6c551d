import { strict as assert } from "node:assert";
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import test from "node:test";
import { transformSync } from "esbuild";

// Rules about the code itself. Each failure names the file and the rule; docs/architecture.md has the reasons.

const root = join(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const find = (pattern: string): string[] => globSync(pattern, { cwd: root }).sort();

const isTest = (file: string): boolean => file.endsWith(".test.ts");
const allSource = find("src/**/*.ts");
const source = allSource.filter((file) => !isTest(file) && !file.endsWith(".d.ts"));
const everything = [...allSource, ...find("{test,scripts,bench}/**/*.ts")];
/** This file names what is forbidden, so it cannot be held to that itself. */
const checked = everything.filter((file) => file !== "test/tidy.test.ts");

/** Top to bottom. A file may import from its own floor or a lower one, and from nothing above. */
const floors = ["cli", "commands", "job", "journal", "listing", "backends", "transport", "foundation"];
/** The public face of the engine stands outside the house: nothing inside imports it. */
const face = "src/index.ts";
const entries = ["src/cli/main.ts", face].filter((file) => existsSync(join(root, file)));

const fileLinesMax = 300;
const functionLinesMax = 70;

/** Files that may be longer than fileLinesMax, and why. */
const longFiles: Readonly<Record<string, string>> = {};

/** Functions that may be longer than functionLinesMax, as "file:function's first line", and why. */
const longFunctions: Readonly<Record<string, string>> = {};

/** Folders in src/ that only tests use, and why they stand there. */
const onlyForTests: Readonly<Record<string, string>> = {
  "src/backends/memory/":
    "the store of the simulation; the contract suite holds it to the rules of the others",
};

interface Import {
  readonly from: string;
  readonly relative: boolean;
}

function importsOf(file: string): Import[] {
  const text = read(file).replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"'\n]+)["']/g);
  return [...found].map(([, from = ""]) =>
    from.startsWith(".")
      ? { from: normalize(join(dirname(file), from)), relative: true }
      : { from, relative: false },
  );
}

const floorOf = (file: string): number => {
  const floor = floors.indexOf(file.split("/")[1] ?? "");
  assert(floor >= 0, `${file} stands on no floor: one of src/{${floors.join(",")}}/`);
  return floor;
};

/** The store that a file belongs to, "" for files that are about all of them. */
const storeOf = (file: string): string => /^src\/backends\/([^/]+)\//.exec(file)?.[1] ?? "";

/** The code without comments and types, so that words in sentences are not taken for calls. */
function codeOf(file: string): string {
  return transformSync(read(file), { loader: "ts", target: "esnext", legalComments: "none" }).code;
}

/** Fails with every fault at once, so that one run shows all there is to mend. */
function none(faults: Iterable<string>): void {
  const list = [...faults];
  assert(list.length === 0, `\n  ${list.join("\n  ")}`);
}

test("imports point down, never up", () => {
  none(source.filter((each) => each !== face).flatMap((file) => [...badImports(file)]));
});

function* badImports(file: string): Iterable<string> {
  for (const { from } of importsOf(file).filter((each) => each.relative)) {
    if (!from.startsWith("src/")) yield `${file} imports ${from}: src/ stands by itself`;
    else if (from === face) yield `${file} imports ${face}, which is for users of the engine`;
    else if (floorOf(file) > floorOf(from)) yield `${file} imports ${from}, from a floor above`;
  }
}

test("imports never go round", () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    assert(!path.includes(file), `cycle: ${[...path, file].join(" -> ")}`);
    if (done.has(file)) return;
    for (const { from } of importsOf(file).filter((each) => each.relative)) visit(from, [...path, file]);
    done.add(file);
  };
  for (const file of source) visit(file, []);
});

test("a store knows no other store, and the engine knows none", () => {
  const free = (file: string): boolean =>
    file === face || file === "src/backends/index.ts" || file.startsWith("src/cli/");
  none(
    source
      .filter((file) => !free(file))
      .flatMap((file) =>
        importsOf(file)
          .filter(({ from }) => storeOf(from) !== "" && storeOf(from) !== storeOf(file))
          .map(({ from }) => `${file} imports ${from}, the inside of a store`),
      ),
  );
});

test("time, chance and the process come only through src/cli", () => {
  const banned =
    /\b(Date\.now|new Date\(\)|Math\.random|setTimeout|setInterval|performance\.now|process\.\w+|node:process|node:timers[\w/]*|randomBytes|randomUUID|hrtime)\b/;
  none(
    source
      .filter((file) => !file.startsWith("src/cli/"))
      .map((file) => ({ file, found: banned.exec(codeOf(file)) }))
      .filter(({ found }) => found)
      .map(({ file, found }) => `${file} uses ${found?.[0]}: take a Clock, a Random or a parameter`),
  );
});

test("what the binary contains is declared: node: modules and dependencies", () => {
  const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
  const packageOf = (from: string): string =>
    from
      .split("/")
      .slice(0, from.startsWith("@") ? 2 : 1)
      .join("/");
  none(
    source.flatMap((file) =>
      importsOf(file)
        .filter(({ from, relative }) => !relative && !from.startsWith("node:"))
        .filter(({ from }) => !(packageOf(from) in dependencies))
        .map(({ from }) => `${file} imports ${from}: not among the dependencies`),
    ),
  );
});

test("every source file is reached from the entry points", () => {
  assert(entries.includes("src/cli/main.ts"), "src/cli/main.ts is missing");
  const reached = new Set<string>();
  const visit = (file: string): void => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { from } of importsOf(file).filter((each) => each.relative)) visit(from);
  };
  for (const file of entries) visit(file);
  const excused = (file: string): boolean =>
    Object.keys(onlyForTests).some((prefix) => file.startsWith(prefix));
  none(
    source.filter((file) => !reached.has(file) && !excused(file)).map((file) => `nothing imports ${file}`),
  );
});

test(`no file is longer than ${fileLinesMax} lines`, () => {
  const faults = everything.map((file) => {
    const lines = read(file).split("\n").length - 1;
    if (file in longFiles) return lines <= fileLinesMax ? `${file} is short again: take it off the list` : "";
    return lines > fileLinesMax ? `${file} has ${lines} lines: one idea a file` : "";
  });
  none(faults.filter((fault) => fault !== ""));
});

test(`no function in src/ is longer than ${functionLinesMax} lines`, () => {
  none(
    source.flatMap((file) =>
      functionsOf(file)
        .filter(({ name, lines }) => lines > functionLinesMax && !(`${file}:${name}` in longFunctions))
        .map(({ name, lines }) => `${file}: ${name} has ${lines} lines`),
    ),
  );
});

/** Functions and methods, found by the formatter's indentation: a block that opens and closes at 0 or 2 blanks. */
function functionsOf(file: string): { readonly name: string; readonly lines: number }[] {
  const lines = read(file).split("\n");
  const found: { name: string; lines: number }[] = [];
  for (const indent of ["", "  "]) {
    let start = -1;
    for (const [number, line] of lines.entries()) {
      if (!line.startsWith(indent) || line[indent.length] === " " || line === "") continue;
      const text = line.slice(indent.length);
      if (/^[)}\]]/.test(text)) {
        const closes = /^\}[;,)]*$/.test(text);
        if (closes && start >= 0) found.push({ name: lines[start]?.trim() ?? "", lines: number - start + 1 });
        if (closes) start = -1;
        continue;
      }
      const opens = /[({]$/.test(text) && /[(]|=>/.test(text);
      start =
        opens && !/^(if|for|while|switch|try|class|export class|interface|type)\b/.test(text) ? number : -1;
    }
  }
  return found;
}

test("files are named in kebab-case, after what they are", () => {
  const nameOf = (file: string): string => basename(file).replace(/(\.test|\.d)?\.ts$/, "");
  const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;
  const empty = /\b(utils?|helpers?|misc|common|manager|base)\b/;
  none([
    ...everything.filter((file) => !kebab.test(nameOf(file))).map((file) => `${file} is not in kebab-case`),
    ...everything
      .filter((file) => empty.test(nameOf(file)))
      .map((file) => `${file} says nothing by its name`),
  ]);
});

test("modules export by name and keep no state", () => {
  none([
    ...matches(source, /^export default\b/m, "has a default export"),
    ...matches(
      source.filter((file) => file !== face),
      /^export \*/m,
      "is a barrel",
    ),
    ...matches(source, /^(export )?(let|var) .*/m, "keeps state in its module"),
    ...matches(
      source,
      /^(export )?const .*= new (Map|Set|WeakMap)(<.*>)?\(\);/m,
      "keeps state in its module",
    ),
  ]);
});

test("no type is any, and no check is switched off", () => {
  none([
    ...matches(
      checked,
      /^(?!\s*(?:\*|\/\/|\/\*)).*?(?:[:<|=,]|\bas)\s*any\b(?=\s*(?:[=;,)>\]|&{[]|$))/m,
      "uses any",
    ),
    ...matches(checked, /@ts-(ignore|nocheck|expect-error)/, "switches the compiler off"),
    ...matches(checked, /noExplicitAny/, "switches a rule off"),
  ]);
});

test("exported functions and classes say what a caller may rely on", () => {
  none(source.flatMap((file) => [...undocumented(file)]));
});

function* undocumented(file: string): Iterable<string> {
  const lines = read(file).split("\n");
  for (const [number, line] of lines.entries()) {
    const name = /^export (?:async )?(?:function\*?|class) (\w+)/.exec(line)?.[1];
    const before = lines[number - 1] ?? "";
    // Overloads share the comment of the first.
    if (name && !before.endsWith("*/") && !/^export (async )?function/.test(before)) {
      yield `${file}:${number + 1} ${name} has no docstring`;
    }
  }
}

test("no text leaves work for later", () => {
  const texts = [...find("docs/**/*.md"), "README.md", ".ci/run", ...find("scripts/*.sh")];
  none(matches([...checked, ...texts], /\b(TODO|FIXME|XXX|HACK|WIP|lorem ipsum)\b/, "says"));
});

test("no test is skipped without a reason, or singled out", () => {
  const tests = checked.filter(isTest);
  none([
    ...matches(tests, /\b(test|it|describe|suite)\.(skip|only|todo)\(/, "skips or singles out"),
    ...matches(tests, /\b(skip|only|todo): true\b/, "skips or singles out"),
    ...matches(tests, /\.(skip|todo)\(\s*\)/, "skips without saying why"),
  ]);
});

/** One fault for each file that the pattern is found in. */
function matches(files: readonly string[], pattern: RegExp, fault: string): string[] {
  return files
    .filter((file) => existsSync(join(root, file)))
    .map((file) => ({ file, found: pattern.exec(read(file)) }))
    .filter(({ found }) => found)
    .map(({ file, found }) => `${file} ${fault}: ${found?.[0].trim()}`);
}
