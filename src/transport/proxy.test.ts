import { strict as assert } from "node:assert";
import { test } from "node:test";
import { type Environment, proxyFor } from "./proxy.ts";

const proxies = { HTTPS_PROXY: "http://secure:1", HTTP_PROXY: "http://plain:2" };

test("the scheme chooses the variable; upper case wins over lower", () => {
  const both: Environment = { ...proxies, https_proxy: "http://other:3" };
  assert.equal(proxyFor(both, "https://a.example"), "http://secure:1");
  assert.equal(proxyFor(both, "http://a.example"), "http://plain:2");
  assert.equal(proxyFor({ https_proxy: "http://other:3" }, "https://a.example"), "http://other:3");
  assert.equal(proxyFor({ HTTP_PROXY: "http://plain:2" }, "https://a.example"), undefined);
  assert.equal(proxyFor({}, "https://a.example"), undefined);
  assert.equal(proxyFor({ HTTPS_PROXY: "" }, "https://a.example"), undefined);
});

test("a proxy without a scheme is taken as http", () => {
  assert.equal(proxyFor({ HTTPS_PROXY: "proxy:8080" }, "https://a.example"), "http://proxy:8080");
  assert.equal(proxyFor({ HTTPS_PROXY: "socks5://proxy:1" }, "https://a.example"), "socks5://proxy:1");
});

test("this machine is never reached through a proxy", () => {
  for (const host of ["localhost", "localhost:10000", "127.0.0.1:10000", "127.9.9.9", "[::1]:443"]) {
    assert.equal(proxyFor(proxies, `http://${host}`), undefined, host);
    assert.equal(proxyFor(proxies, `https://${host}`), undefined, host);
  }
});

test("HTTP_PROXY is not believed in a CGI process", () => {
  const cgi = { ...proxies, REQUEST_METHOD: "GET" };
  assert.equal(proxyFor(cgi, "http://a.example"), undefined);
  assert.equal(proxyFor(cgi, "https://a.example"), "http://secure:1");
});

test("NO_PROXY: hosts, domains, addresses, subnets, ports", () => {
  const cases: readonly (readonly [string, string, boolean])[] = [
    ["*", "https://a.example", true],
    ["a.example", "https://a.example", true],
    ["A.Example", "https://a.example", true],
    ["example", "https://a.example", true],
    ["example", "https://anexample", false],
    [".example", "https://a.example", true],
    [".a.example", "https://a.example", false],
    ["*.example", "https://a.example", true],
    ["*.a.example", "https://a.example", false],
    ["a.example:443", "https://a.example", true],
    ["a.example:444", "https://a.example", false],
    ["a.example:444", "https://a.example:444", true],
    ["10.1.2.3", "https://10.1.2.3", true],
    ["10.1.2.3", "https://10.1.2.4", false],
    ["10.0.0.0/8", "https://10.1.2.3", true],
    ["10.0.0.0/8", "https://11.1.2.3", false],
    ["10.0.0.0/99", "https://10.1.2.3", false],
    ["fd00::/8", "https://[fd12::1]", true],
    ["fd12::1", "https://[fd12::1]", true],
    ["[fd12::1]:443", "https://[fd12::1]", true],
    [" b.example , a.example ", "https://a.example", true],
    ["", "https://a.example", false],
    [",", "https://a.example", false],
    [":443", "https://a.example", false],
  ];
  for (const [rule, origin, exempt] of cases) {
    const expected = exempt ? undefined : "http://secure:1";
    assert.equal(proxyFor({ ...proxies, NO_PROXY: rule }, origin), expected, `"${rule}" for ${origin}`);
    assert.equal(proxyFor({ ...proxies, no_proxy: rule }, origin), expected);
  }
});
