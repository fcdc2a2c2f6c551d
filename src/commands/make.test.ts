import { strict as assert } from "node:assert";
import { test } from "node:test";
import type { Endpoint } from "../backends/endpoint.ts";
import { StorageError } from "../foundation/errors.ts";
import { make } from "./make.ts";

async function made(
  target: string,
  outcome: "created" | "existed" | StorageError = "created",
): Promise<Endpoint[]> {
  const opened: Endpoint[] = [];
  const openChanges = (endpoint: Endpoint) => {
    opened.push(endpoint);
    const createRoot = async () => {
      if (outcome instanceof StorageError) throw outcome;
      return outcome;
    };
    return { createRoot };
  };
  await make({ stores: { openChanges } as never, cancel: new AbortController().signal }, target);
  return opened;
}

const account = "https://a.blob.core.windows.net";

test("the container that the address names is made, wherever the account's name stands", async () => {
  const cases = {
    [`${account}/c`]: [account, "c"],
    [`${account}/c/?sv=1`]: [account, "c"],
    [`${account}/$root`]: [account, "$root"],
    "http://127.0.0.1:10000/acct/c": ["http://127.0.0.1:10000/acct", "c"],
    "http://azurite/acct/c": ["http://azurite/acct", "c"],
    "https://a.dfs.core.windows.net/fs": [account, "fs"],
  };
  for (const [target, [where, container]] of Object.entries(cases)) {
    const [endpoint] = await made(target);
    assert(endpoint?.kind === "blob");
    assert.deepEqual([endpoint.account, endpoint.container, endpoint.path], [where, container, ""], target);
  }
});

test("anything but a container is refused before a request is sent", async () => {
  const refusals: readonly (readonly [string, RegExp])[] = [
    ...[account, `${account}/`, `${account}/c/d`, `${account}/c/*`, `${account}/c*`, "/tmp/c", ""].map(
      (target) =>
        [target, /^please provide a valid top-level\(ex: File System or Container\) resource URL$/] as const,
    ),
    [
      "https://storage.example.com/c?sig=abc",
      /^operation not supported, cannot create resource https:\/\/storage\.example\.com\/c type at the moment$/,
    ],
    ["https://a.file.core.windows.net/s", /not available in this version yet/],
  ];
  for (const [target, message] of refusals) await assert.rejects(() => made(target), { message }, target);
});

test("a container that is there, and one that cannot be made, are told in AzCopy's words", async () => {
  await assert.rejects(() => made(`${account}/c`, "existed"), {
    code: "AlreadyExists",
    message: "the container already exists",
  });
  await assert.rejects(
    () => made("https://a.dfs.core.windows.net/c", "existed"),
    /^.*the filesystem already exists$/,
  );
  const refused = new StorageError("AccessDenied", "403: no");
  await assert.rejects(() => made(`${account}/c`, refused), {
    code: "AccessDenied",
    message: "please specify a valid container URL with corresponding credentials: 403: no",
  });
  const cancelled = new StorageError("Cancelled", "enough");
  await assert.rejects(() => made(`${account}/c`, cancelled), cancelled);
});
