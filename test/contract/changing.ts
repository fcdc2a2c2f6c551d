import type { ContainerClient } from "@azure/storage-blob";
import type { Changeable, Entry, RemovalRules } from "../../src/backends/backend.ts";
import { openBlobChanges } from "../../src/backends/blob/blob-changes.ts";
import { openBlobSource } from "../../src/backends/blob/blob-source.ts";
import { StorageError } from "../../src/foundation/errors.ts";
import type { HttpRequest, HttpResponse, Layer, Transport } from "../../src/transport/transport.ts";
import { type BlobStage, startBlobStage } from "../fakes/blob-stage.ts";
import { neverAborted, objectsOf } from "./samples.ts";

/** Blobs that are to be removed or changed, what is sent for that, and an SDK that looks what became of them. */
export class ChangingStage {
  readonly stage: BlobStage;
  container: ContainerClient;
  logged: string[] = [];

  constructor(stage: BlobStage, container: ContainerClient) {
    this.stage = stage;
    this.container = container;
  }

  static async start(): Promise<ChangingStage> {
    const stage = await startBlobStage();
    return new ChangingStage(stage, await stage.newContainer());
  }

  close(): Promise<void> {
    return this.stage.close();
  }

  /** Goes on with a container of its own, and an empty log. */
  async clear(): Promise<void> {
    this.container = await this.stage.newContainer();
    this.logged = [];
  }

  open(options: { readonly transport?: Transport; readonly sas?: string } = {}): Changeable {
    const { transport = this.stage.transport, sas } = options;
    return openBlobChanges({
      endpoint: this.stage.endpoint(this.container.containerName, "", sas),
      transport,
      log: (_, line) => this.logged.push(line),
    });
  }

  /** As open(), with a layer next to the connection. */
  with(layer: Layer): Changeable {
    return this.open({ transport: this.stage.with(layer) });
  }

  async listed(): Promise<Entry[]> {
    const endpoint = this.stage.endpoint(this.container.containerName);
    return objectsOf(openBlobSource({ endpoint, transport: this.stage.transport }));
  }

  async plant(...names: readonly string[]): Promise<Entry[]> {
    for (const name of names) await this.container.getBlockBlobClient(name).upload("content", 7);
    const entries = await this.listed();
    return names.map((name) => entries.find((entry) => entry.path === name) as Entry);
  }

  /** The names that are still there, snapshots as "name@snapshot". */
  async left(): Promise<string[]> {
    const names: string[] = [];
    for await (const blob of this.container.listBlobsFlat({ includeSnapshots: true })) {
      names.push(blob.snapshot ? `${blob.name}@snapshot` : blob.name);
    }
    return names.sort();
  }

  /** What `work` sends: batches with their scope, other requests as their method. */
  async sentBy(work: () => Promise<unknown>): Promise<string[]> {
    const { sent } = this.stage;
    const before = sent.length;
    await work();
    return sent.slice(before).map((request) => {
      const scope = request.path.split("?")[0]?.includes(this.container.containerName)
        ? ""
        : " of the account";
      return isBatch(request) ? `batch${scope}` : request.method;
    });
  }
}

export const remove = (
  changes: Changeable,
  entries: readonly Entry[],
  snapshots: RemovalRules["snapshots"] = "refuse",
): Promise<readonly (StorageError | undefined)[]> => changes.remove(entries, { snapshots }, neverAborted);

export const codesOf = (outcomes: readonly (StorageError | undefined)[]): (string | undefined)[] =>
  outcomes.map((outcome) => outcome?.code);

export const isBatch = ({ path }: HttpRequest): boolean => path.includes("comp=batch");

/** Answers in the service's stead, where `answer` gives something. */
export const instead =
  (answer: (request: HttpRequest) => HttpResponse | StorageError | undefined): Layer =>
  (next) =>
  async (request, signal) => {
    const made = answer(request);
    if (made instanceof StorageError) throw made;
    return made ?? next(request, signal);
  };

export const status = (code: number, headers: Readonly<Record<string, string>> = {}): HttpResponse => ({
  status: code,
  headers,
  body: new Uint8Array(0),
  tries: 1,
});

/** Changes the text of the answers to batches. */
export const altering =
  (alter: (body: string) => string): Layer =>
  (next) =>
  async (request, signal) => {
    const response = await next(request, signal);
    if (!isBatch(request)) return response;
    return { ...response, body: Buffer.from(alter(Buffer.from(response.body).toString())) };
  };

/** The service does its work, and the answer to the first request that matches is lost. */
export function losingReply(matches: (request: HttpRequest) => boolean): Layer {
  let lost = false;
  return (next) => async (request, signal) => {
    const response = await next(request, signal);
    if (lost || !matches(request)) return response;
    lost = true;
    throw new StorageError("Unreachable", "the reply was lost", { retryable: true });
  };
}
