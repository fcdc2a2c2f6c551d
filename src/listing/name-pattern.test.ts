import { strict as assert } from "node:assert";
import test from "node:test";
import fc from "fast-check";
import { compileName } from "./name-pattern.ts";

const matches = (pattern: string, name: string): boolean => compileName(pattern)(name, 0);

test("patterns match as Go's path.Match does", () => {
  // The rows of Go's own test of path.Match that concern one name; "+" matches, "-" does not, "!" is no pattern.
  const rows: [pattern: string, name: string, result: "+" | "-" | "!"][] = [
    ["abc", "abc", "+"],
    ["*", "abc", "+"],
    ["*c", "abc", "+"],
    ["a*", "a", "+"],
    ["a*", "abc", "+"],
    ["a*b*c*d*e*", "axbxcxdxe", "+"],
    ["a*b*c*d*e*", "axbxcxdxexxx", "+"],
    ["a*b?c*x", "abxbbxdbxebxczzx", "+"],
    ["a*b?c*x", "abxbbxdbxebxczzy", "-"],
    ["ab[c]", "abc", "+"],
    ["ab[b-d]", "abc", "+"],
    ["ab[e-g]", "abc", "-"],
    ["ab[^c]", "abc", "-"],
    ["ab[^b-d]", "abc", "-"],
    ["ab[^e-g]", "abc", "+"],
    ["a\\*b", "a*b", "+"],
    ["a\\*b", "ab", "-"],
    ["a?b", "a☺b", "+"],
    ["a[^a]b", "a☺b", "+"],
    ["a???b", "a☺b", "-"],
    ["a[^a][^a][^a]b", "a☺b", "-"],
    ["[a-ζ]*", "α", "+"],
    ["*[a-ζ]", "A", "-"],
    ["[\\]a]", "]", "+"],
    ["[\\-]", "-", "+"],
    ["[x\\-]", "x", "+"],
    ["[x\\-]", "-", "+"],
    ["[x\\-]", "z", "-"],
    ["[\\-x]", "a", "-"],
    ["[]a]", "]", "!"],
    ["[-]", "-", "!"],
    ["[x-]", "x", "!"],
    ["[-x]", "x", "!"],
    ["[a-b-c]", "a", "!"],
    ["[", "a", "!"],
    ["[^", "a", "!"],
    ["[^bc", "a", "!"],
    ["a[", "a", "!"],
    ["\\", "a", "!"],
    ["*x", "xxx", "+"],
    ["[!a]", "!", "+"],
    ["a?b", "a😀b", "+"],
    ["a??b", "a😀b", "-"],
    ["*[😀-😂]", "x😁", "+"],
    [".*", ".hidden", "+"],
    ["*", ".hidden", "+"],
    ["", "", "+"],
    ["", "a", "-"],
    ["*.TXT", "a.txt", "-"],
    ["aa*aa", "aaa", "-"],
    ["a*b*a", "aba", "+"],
    ["ab*ba*ab", "abab", "-"],
    ["**", "a", "+"],
    ["b/c", "c", "-"],
  ];
  for (const [pattern, name, result] of rows) {
    if (result === "!") assert.throws(() => compileName(pattern), { code: "InvalidArgument" }, pattern);
    else assert.equal(matches(pattern, name), result === "+", `${pattern} ~ ${name}`);
  }
});

test("a name is judged where it begins in a path", () => {
  const path = "b.txt/sub/a.txt";
  const from = path.lastIndexOf("/") + 1;
  const rows: [pattern: string, matches: boolean][] = [
    ["a.txt", true],
    ["b.txt", false],
    ["*.txt", true],
    ["sub*", false],
    ["a*", true],
    ["?.txt", true],
    ["*/a.txt", false],
    ["sub/a.txt", false],
    ["*sub*", false],
  ];
  for (const [pattern, expected] of rows) assert.equal(compileName(pattern)(path, from), expected, pattern);
});

test("any pattern of stars, question marks and texts agrees with its regular expression", () => {
  const letters = fc.constantFrom("a", "b", "😀", "Ａ", ".");
  const name = fc.array(letters, { maxLength: 8 }).map((parts) => parts.join(""));
  const pattern = fc.array(fc.oneof(letters, fc.constantFrom("*", "?")), { maxLength: 8 });
  fc.assert(
    fc.property(pattern, name, (parts, text) => {
      const source = parts.map((part) =>
        part === "*" ? ".*" : part === "?" ? "." : part.replace(".", "\\."),
      );
      assert.equal(matches(parts.join(""), text), new RegExp(`^${source.join("")}$`, "su").test(text));
    }),
    { numRuns: 2_000 },
  );
});

test("a pattern of many stars takes no more than the product of the lengths", () => {
  const started = performance.now();
  assert.equal(matches(`${"a*[ab]".repeat(30)}c`, "ab".repeat(2_000)), false);
  assert(performance.now() - started < 2_000);
});
