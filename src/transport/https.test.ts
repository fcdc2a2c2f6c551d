import { strict as assert } from "node:assert";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { after, before, test } from "node:test";
import { setDefaultCACertificates } from "node:tls";
import { ManualClock } from "../../test/fakes/manual-clock.ts";
import { selfSigned } from "../../test/fakes/self-signed.ts";
import { StorageError } from "../foundation/errors.ts";
import { Pacer } from "../foundation/pacer.ts";
import { MiB } from "../foundation/units.ts";
import { createHttp, type Http } from "./http.ts";

const server = createServer(selfSigned, (request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => response.end(Buffer.concat(chunks)));
});
const clock = new ManualClock();
const never = new AbortController().signal;
let port = 0;

before(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

async function withHttp(
  check: (http: Http) => Promise<void>,
  proxyFor: (origin: string) => string | undefined = () => undefined,
): Promise<void> {
  const pacer = new Pacer(clock, Number.POSITIVE_INFINITY);
  const http = createHttp({ clock, pacer, connectionsMax: 2, proxyFor });
  try {
    await check(http);
  } finally {
    await http.close();
  }
}

test("a certificate that is not trusted is final, and the message says what to do", async () => {
  await withHttp(async (http) => {
    const origin = `https://localhost:${port}`;
    const request = { method: "GET", origin, path: "/", headers: {}, idempotent: true } as const;
    const error = await http.send(request, never).catch((thrown: unknown) => thrown);
    assert(error instanceof StorageError);
    assert.equal(error.code, "Unreachable");
    assert.equal(error.retryable, false);
    assert.match(error.message, /DEPTH_ZERO_SELF_SIGNED_CERT/);
    assert.match(error.message, /SSL_CERT_FILE/);
  });
});

test("bodies cross TLS whole, both ways", async () => {
  setDefaultCACertificates([selfSigned.cert]);
  await withHttp(async (http) => {
    const body = Buffer.alloc(3 * MiB + 7, "some content ");
    const into = new Uint8Array(body.length);
    const origin = `https://localhost:${port}`;
    const request = { method: "PUT", origin, path: "/", headers: {}, body, into, idempotent: true } as const;
    assert.equal((await http.send(request, never)).status, 200);
    assert(body.equals(into));
  });
});

test("a certificate for another name is final", async () => {
  setDefaultCACertificates([selfSigned.cert]);
  await withHttp(async (http) => {
    const origin = `https://127.0.0.1:${port}`;
    const request = { method: "GET", origin, path: "/", headers: {}, idempotent: true } as const;
    const error = await http.send(request, never).catch((thrown: unknown) => thrown);
    assert(error instanceof StorageError);
    assert.equal(error.retryable, false);
    assert.match(error.message, /ERR_TLS_CERT_ALTNAME_INVALID/);
  });
});

test("a proxy is asked for a tunnel, with its credentials, and sees no request", async () => {
  setDefaultCACertificates([selfSigned.cert]);
  const asked: string[] = [];
  const proxy = createHttpServer((request) => asked.push(`not a tunnel: ${request.url}`));
  proxy.on("connect", (request, socket) => {
    asked.push(`${request.url} ${request.headers["proxy-authorization"]}`);
    const onward = connect(port, "127.0.0.1", () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    onward.pipe(socket).pipe(onward);
    socket.on("error", () => onward.destroy());
    onward.on("error", () => socket.destroy());
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = `http://user:word@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  try {
    await withHttp(
      async (http) => {
        const body = Buffer.alloc(MiB, "content");
        const into = new Uint8Array(body.length);
        const request = { method: "PUT", path: "/a//b", headers: {}, body, into, idempotent: true } as const;
        const response = await http.send({ ...request, origin: "https://localhost" }, never);
        assert.equal(response.status, 200);
        assert(body.equals(into));
      },
      () => address,
    );
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
  assert.deepEqual(asked, [`localhost:443 Basic ${btoa("user:word")}`]);
});

test("a proxy that cannot be reached is named, without its credentials", async () => {
  await withHttp(
    async (http) => {
      const request = { method: "GET", path: "/", headers: {}, idempotent: true } as const;
      const error = await http
        .send({ ...request, origin: "https://a.example" }, never)
        .catch((thrown: unknown) => thrown);
      assert(error instanceof StorageError);
      assert.match(
        error.message,
        /^cannot reach https:\/\/a\.example through the proxy http:\/\/127\.0\.0\.1:1 \(/,
      );
    },
    () => "http://user:word@127.0.0.1:1",
  );
});
