import { strict as assert } from "node:assert";
import { eachConcurrently } from "../../foundation/each.ts";
import { StorageError } from "../../foundation/errors.ts";
import { type Log, noLog } from "../../foundation/log.ts";
import type { HttpResponse, Transport } from "../../transport/transport.ts";
import type { Changeable, Entry, PropertyChange, RemovalRules } from "../backend.ts";
import type { BlobEndpoint } from "../endpoint.ts";
import { batchBody, batchBytesMax, batchRequestsMax, scanBatchReply } from "./blob-batch.ts";
import { type BlobCall, BlobClient } from "./blob-client.ts";
import { metadataCall, removalCall, tagsCall, tierCall } from "./change-calls.ts";
import { propertiesOf } from "./property-headers.ts";

export interface BlobChangesOptions {
  readonly endpoint: BlobEndpoint;
  /** Retries, names the service version, and sends. */
  readonly transport: Transport;
  readonly log?: Log;
}

/**
 * Removes and changes blobs below an endpoint: several in one Blob Batch, where the service has that and the
 * credential allows it, one by one elsewhere. Sends no request before it is asked something.
 *
 * Metadata is changed only of the blob that was listed. A tier and tags are changed of the blob that has the name:
 * Set Blob Tier and Set Blob Tags take no condition.
 */
export function openBlobChanges(options: BlobChangesOptions): Changeable {
  return new BlobChanges(options);
}

/** How many requests of one call are under way at once where they go one by one. */
const singlesAtOnce = 16;
/** 256 answers of a few hundred bytes, each perhaps with an error's XML. */
const replyBytesMax = 4 * batchBytesMax;

type Outcome = StorageError | undefined;
/** What an answer means for its object. */
type Judge = (call: BlobCall, response: HttpResponse, signal: AbortSignal) => Promise<Outcome>;

interface Phase {
  /** The request for an object; undefined where there is nothing to do. Throws StorageError where none may be sent. */
  readonly callOf: (entry: Entry) => BlobCall | undefined;
  readonly batchable: boolean;
  readonly judge: Judge;
}

class BlobChanges implements Changeable {
  readonly changeBatchMax = batchRequestsMax;
  readonly #client: BlobClient;
  readonly #log: Log;
  /** Cleared for good when the service refuses one. */
  #takesBatches = true;

  constructor(options: BlobChangesOptions) {
    this.#client = new BlobClient(options.endpoint, options.transport);
    this.#log = options.log ?? noLog;
  }

  async remove(
    entries: readonly Entry[],
    rules: RemovalRules,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    return this.#inPhases(entries, signal, [
      {
        callOf: (entry) => removalCall(this.#client, entry, rules),
        batchable: true,
        judge: (...answer) => this.#judgeRemoval(...answer),
      },
    ]);
  }

  async change(
    entries: readonly Entry[],
    change: PropertyChange,
    signal: AbortSignal,
  ): Promise<readonly Outcome[]> {
    const phases: Phase[] = [];
    const { metadata, tags, tier, rehydratePriority } = change;
    // The tier comes last: a blob that has become archived takes no other change.
    if (metadata !== undefined) {
      phases.push({
        callOf: (entry) => metadataCall(this.#client, entry, metadata),
        batchable: false,
        judge: (...answer) => this.#judgeMetadata(metadata, ...answer),
      });
    }
    if (tags !== undefined) {
      phases.push({
        callOf: (entry) => tagsCall(this.#client, entry, tags),
        batchable: false,
        judge: async (call, response) => this.#failureOf(call, response),
      });
    }
    if (tier !== undefined) {
      phases.push({
        callOf: (entry) => tierCall(this.#client, entry, tier, rehydratePriority),
        batchable: true,
        judge: (...answer) => this.#judgeTier(tier, ...answer),
      });
    }
    return this.#inPhases(entries, signal, phases);
  }

  async createRoot(signal: AbortSignal): Promise<"created" | "existed"> {
    const { container, account } = this.#client.endpoint;
    if (container === "") {
      const message = `cannot create a container at ${account}: the address names none. Put its name after the account.`;
      throw new StorageError("InvalidArgument", message);
    }
    const call: BlobCall = {
      method: "PUT",
      at: { container, name: "" },
      query: "restype=container",
      what: "create the container",
      needs: "Create (c) or Write (w), and the resource type Container (c)",
    };
    const response = await this.#client.send(call, signal);
    const error = this.#failureOf(call, response);
    if (error === undefined) return "created";
    if (error.serviceCode !== "ContainerAlreadyExists") throw error;
    // The reply to the first try was lost: who else would have created it just then?
    return response.tries > 1 ? "created" : "existed";
  }

  /** Does one thing to all entries, and then the next to those of which nothing has failed. */
  async #inPhases(
    entries: readonly Entry[],
    signal: AbortSignal,
    phases: readonly Phase[],
  ): Promise<readonly Outcome[]> {
    assert(entries.length <= this.changeBatchMax);
    if (signal.aborted) throw new StorageError("Cancelled", "the operation was cancelled");
    const outcomes: Outcome[] = new Array(entries.length).fill(undefined);
    for (const phase of phases) await this.#carryOut(entries, phase, outcomes, signal);
    return outcomes;
  }

  async #carryOut(
    entries: readonly Entry[],
    { callOf, batchable, judge }: Phase,
    outcomes: Outcome[],
    signal: AbortSignal,
  ): Promise<void> {
    const calls = new Map<number, BlobCall>();
    for (const [index, entry] of entries.entries()) {
      if (outcomes[index] !== undefined) continue;
      try {
        const call = callOf(entry);
        if (call !== undefined) calls.set(index, call);
      } catch (error) {
        outcomes[index] = asOutcome(error);
      }
    }
    const answers = batchable ? await this.#batched([...calls.values()], signal) : [];
    await eachConcurrently([...calls].entries(), singlesAtOnce, async ([position, [index, call]]) => {
      try {
        const response = answers[position] ?? (await this.#client.send(call, signal));
        outcomes[index] = await judge(call, response, signal);
      } catch (error) {
        outcomes[index] = asOutcome(error);
      }
    });
  }

  /** The answers to the calls that were settled in batches, by their place in `calls`. The others are to be sent. */
  async #batched(
    calls: readonly BlobCall[],
    signal: AbortSignal,
  ): Promise<readonly (HttpResponse | undefined)[]> {
    const answers: (HttpResponse | undefined)[] = [];
    while (this.#takesBatches && calls.length - answers.length > 1) {
      const rest = calls.slice(answers.length);
      const found = await this.#sendBatch(rest, signal);
      if (found === undefined) break;
      answers.push(...found);
    }
    return answers;
  }

  /** Answers to the first calls, as many as go into a batch; undefined when it came to nothing. */
  async #sendBatch(
    calls: readonly BlobCall[],
    signal: AbortSignal,
  ): Promise<readonly (HttpResponse | undefined)[] | undefined> {
    const client = this.#client;
    try {
      const { contentType, body, count } = batchBody(
        calls.map((call) => ({
          method: call.method,
          target: client.targetOf(call),
          headers: call.headers ?? {},
        })),
      );
      // A SAS of a container is good for batches within that, one of an account for those of the account.
      const container = client.hasAccountSas ? "" : client.endpoint.container;
      const batch: BlobCall = {
        method: "POST",
        at: { container, name: "" },
        query: container === "" ? "comp=batch" : "restype=container&comp=batch",
        headers: { "content-type": contentType },
        body,
        bodyBytesMax: replyBytesMax,
        once: true,
        what: "send a batch to",
        needs: calls[0]?.needs ?? "",
      };
      const reply = scanBatchReply(await client.send(batch, signal), count);
      if ("answers" in reply)
        return reply.answers.map((answer) => (answer && isFinal(answer) ? answer : undefined));
      const why = "fault" in reply ? reply.fault : client.failure(batch, reply.refusal).message;
      this.#takesBatches = "refusal" in reply && !isFinal(reply.refusal);
      this.#log("WARNING", `a batch was not carried out, its requests are sent one by one: ${why}`);
    } catch (error) {
      const { message } = asOutcome(error);
      if (!signal.aborted) {
        this.#log("WARNING", `a batch was lost, its requests are sent one by one: ${message}`);
      }
    }
    return undefined;
  }

  #failureOf(call: BlobCall, response: HttpResponse): Outcome {
    return response.status < 300 ? undefined : this.#client.failure(call, response);
  }

  async #judgeRemoval(call: BlobCall, response: HttpResponse, signal: AbortSignal): Promise<Outcome> {
    const error = this.#failureOf(call, response);
    if (error === undefined || isGone(error)) return undefined;
    if (error.code !== "PreconditionFailed" || error.status !== 412) return error;
    // Some say of what is gone that it does not meet the condition.
    const head = await this.#headOf(call, signal);
    return head.status >= 300 && isGone(this.#client.failure(call, head)) ? undefined : error;
  }

  /** A condition that fails on a repeated request may have failed on what the first one, whose reply was lost, did. */
  async #judgeMetadata(
    metadata: Readonly<Record<string, string>>,
    call: BlobCall,
    response: HttpResponse,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const error = this.#failureOf(call, response);
    if (error?.code !== "PreconditionFailed" || response.tries === 1) return error;
    const head = await this.#headOf(call, signal);
    const now = propertiesOf(head.headers).metadata ?? {};
    return head.status < 300 && isSame(now, metadata) ? undefined : error;
  }

  /** A blob that is on its way to the tier already is where it should be. */
  async #judgeTier(
    tier: string,
    call: BlobCall,
    response: HttpResponse,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const error = this.#failureOf(call, response);
    if (error?.serviceCode !== "BlobBeingRehydrated") return error;
    const { headers } = await this.#headOf(call, signal);
    return headers["x-ms-archive-status"] === `rehydrate-pending-to-${tier.toLowerCase()}`
      ? undefined
      : error;
  }

  /** How the object of a call looks now. */
  #headOf({ at }: BlobCall, signal: AbortSignal): Promise<HttpResponse> {
    return this.#client.send({ method: "HEAD", at, what: "look at", needs: "Read (r)" }, signal);
  }
}

/** Whether a later try would bring the same answer. What may pass is left to the transport's patience. */
const isFinal = ({ status }: HttpResponse): boolean =>
  (status !== 408 && status !== 429 && status < 500) || status === 501;

/** A 404 that is not the service's own word may come from anybody on the way. */
const isGone = ({ status, serviceCode }: StorageError): boolean =>
  status === 404 && serviceCode !== undefined;

function asOutcome(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  throw error;
}

/** Names of metadata come back in lower case. */
function isSame(now: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  const pairs = Object.entries(wanted).map(([name, value]) => [name.toLowerCase(), value] as const);
  return pairs.length === Object.keys(now).length && pairs.every(([name, value]) => now[name] === value);
}
