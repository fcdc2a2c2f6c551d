import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

/** One request as it came over the wire. */
export interface RawRequest {
  readonly socket: Socket;
  /** Counts connections from 0. */
  readonly connection: number;
  /** Request line and headers. */
  readonly head: string;
  readonly body: Buffer;
}

export interface RawServer {
  readonly origin: string;
  readonly port: number;
  /** Connections made so far. */
  readonly connections: number;
  readonly requests: readonly RawRequest[];
  close(): Promise<void>;
}

export interface RawServerOptions {
  /** Whether `answer` is called with the head alone, before the body is read. Default: with the whole request. */
  readonly early?: boolean;
}

/** A server that speaks no HTTP of its own: `answer` writes to the socket what it likes, byte by byte. */
export async function startRawServer(
  answer: (request: RawRequest) => void,
  options: RawServerOptions = {},
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const requests: RawRequest[] = [];
  let connections = 0;
  const server = createServer((socket) => {
    const connection = connections++;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    let buffered: Buffer = Buffer.alloc(0);
    let answered = false;
    socket.on("data", (chunk: Buffer) => {
      buffered = Buffer.concat([buffered, chunk]);
      for (;;) {
        const end = buffered.indexOf("\r\n\r\n");
        if (end < 0) return;
        const head = buffered.toString("latin1", 0, end);
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
        const whole = buffered.length >= end + 4 + length;
        if (!whole && !(options.early && !answered)) return;
        const body = buffered.subarray(end + 4, end + 4 + length);
        if (!answered) {
          const request = { socket, connection, head, body };
          requests.push(request);
          answer(request);
        }
        answered = !whole;
        if (!whole) return;
        buffered = buffered.subarray(end + 4 + length);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    get connections() {
      return connections;
    },
    requests,
    async close() {
      if (!server.listening) return;
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** A whole answer with a Content-Length. */
export function reply(
  status: number,
  body: string | Uint8Array = "",
  headers: readonly string[] = [],
): Buffer {
  const bytes = Buffer.from(body);
  const lines = [`HTTP/1.1 ${status} X`, `Content-Length: ${bytes.length}`, ...headers];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), bytes]);
}
