import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, readSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Logged, parseAccessLog } from "./access-log.ts";
import { namedHost, nginxConfig } from "./nginx-config.ts";

/** A signature of the right shape: nobody checks it. */
const sas = "sv=2025-07-05&ss=b&srt=sco&sp=rwdlac&se=2100-01-01T00%3A00%3A00Z&sig=bm90IGEgc2VjcmV0";
const startMsMax = 10_000;
/** Linux counts CPU time of other processes in these. */
const ticksPerSecond = 100;

export interface SinkOptions {
  readonly folder: string;
  readonly nginx: string;
  readonly headersModule: string;
}

/** The server on loopback that both contenders talk to. */
export class Sink {
  /** For SSL_CERT_FILE; undefined where no certificate could be made. */
  readonly certificate: string | undefined;
  readonly workers: number;
  readonly #log: string;
  readonly #child: ChildProcess;
  readonly #httpPort: number;
  readonly #tlsPort: number;

  private constructor(options: {
    child: ChildProcess;
    log: string;
    certificate: string | undefined;
    workers: number;
    httpPort: number;
    tlsPort: number;
  }) {
    this.#child = options.child;
    this.#log = options.log;
    this.certificate = options.certificate;
    this.workers = options.workers;
    this.#httpPort = options.httpPort;
    this.#tlsPort = options.tlsPort;
  }

  static async start({ folder, nginx, headersModule }: SinkOptions): Promise<Sink> {
    const [httpPort, tlsPort] = [await freePort(), await freePort()];
    const certificate = join(folder, "certificate.pem");
    const key = join(folder, "key.pem");
    const hasTls = makeCertificate(certificate, key);
    // The other half of the cores is the client's.
    const workers = Math.max(1, Math.floor(availableParallelism() / 2));
    mkdirSync(join(folder, "temporary"), { recursive: true });
    const configFile = join(folder, "nginx.conf");
    writeFileSync(
      configFile,
      nginxConfig({
        folder,
        headersModule,
        httpPort,
        tls: hasTls ? { port: tlsPort, certificate, key } : undefined,
        workers,
        asRoot: process.getuid?.() === 0,
      }),
    );
    const error = join(folder, "error.log");
    const child = spawn(nginx, ["-p", folder, "-c", configFile, "-e", error], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    let complaint = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    const sink = new Sink({
      child,
      log: join(folder, "access.log"),
      certificate: hasTls ? certificate : undefined,
      workers,
      httpPort,
      tlsPort,
    });
    const until = Date.now() + startMsMax;
    process.prependListener("exit", () => sink.kill());
    for (;;) {
      if (child.exitCode !== null || Date.now() > until)
        throw new Error(`nginx does not start: ${complaint}`);
      const answer = await fetch(sink.url("http", "empty")).catch(() => undefined);
      if (answer !== undefined) return sink;
      await sleep(50);
    }
  }

  /** The URL of a container, or of what is below it, with a signature. */
  url(scheme: "http" | "https", path: string): string {
    const port = scheme === "http" ? this.#httpPort : this.#tlsPort;
    return `${scheme}://127.0.0.1:${port}/bench/${path}?${sas}`;
  }

  /** As url(), of an account with a host name of its own: it takes `proxy` to get there. */
  namedUrl(path: string): string {
    return `http://${namedHost}/${path}?${sas}`;
  }

  /** For HTTP_PROXY. */
  get proxy(): string {
    return `http://127.0.0.1:${this.#httpPort}`;
  }

  /** Where the log ends now: since() reads on from there. */
  mark(): number {
    return statSync(this.#log).size;
  }

  /** The requests that ended after the mark. The last ones may come a moment after the client is done. */
  since(mark: number): Logged[] {
    const bytes = Buffer.alloc(this.mark() - mark);
    const file = openSync(this.#log, "r");
    try {
      readSync(file, bytes, 0, bytes.length, mark);
    } finally {
      closeSync(file);
    }
    const text = bytes.toString("latin1");
    return parseAccessLog(text.slice(0, text.lastIndexOf("\n") + 1));
  }

  /** CPU time that the workers have taken up to now. */
  cpuSeconds(): number {
    const { pid } = this.#child;
    const workers = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    const ticks = workers.map((worker) => {
      // The second field is the command in parentheses; user and system time are the 14th and 15th.
      const stat = readFileSync(`/proc/${worker}/stat`, "utf8");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(fields[11]) + Number(fields[12]);
    });
    return ticks.reduce((total, each) => total + each, 0) / ticksPerSecond;
  }

  kill(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill("SIGTERM");
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.kill();
    await ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

/** A certificate for 127.0.0.1 that is its own authority; false where openssl is missing. */
function makeCertificate(certificate: string, key: string): boolean {
  const words =
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=bench -addext subjectAltName=IP:127.0.0.1";
  try {
    execFileSync("openssl", [...words.split(" "), "-keyout", key, "-out", certificate], { stdio: "pipe" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
