import { strict as assert } from "node:assert";
import { test } from "node:test";
import fc from "fast-check";
import { decodeText, encodeText, textOf } from "./xml.ts";

test("decodeText reads what encodeText writes", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.oneof(fc.constantFrom(..."&<>;#xamp\"'"), fc.string({ unit: "grapheme" })) }),
      (text) => {
        assert.equal(decodeText(encodeText(text)), text);
      },
    ),
  );
});

test("decodeText knows the five names and every number, and leaves the rest", () => {
  assert.equal(decodeText("&amp;&lt;&gt;&quot;&apos;"), "&<>\"'");
  assert.equal(decodeText("&#65;&#x42;&#X1F600;&#128512;&#xD;"), "AB😀😀\r");
  for (const text of ["&", "&;", "&nbsp;", "&#;", "&#x;", "&#x110000;", "&#9999999;", "a & b"]) {
    assert.equal(decodeText(text), text);
  }
  assert.equal(decodeText("&amp;amp;"), "&amp;");
});

test("textOf finds an element's text, and tells empty from missing", () => {
  assert.equal(textOf("<a><b>x &amp; y</b></a>", "b"), "x & y");
  assert.equal(textOf("<a><b></b></a>", "b"), "");
  assert.equal(textOf("<a><b/></a>", "b"), "");
  assert.equal(textOf("<a><b /></a>", "b"), "");
  assert.equal(textOf("<a/>", "b"), undefined);
  assert.equal(textOf("<b>cut", "b"), undefined);
});
