import type { ContainerClient } from "@azure/storage-blob";
import type { BlobEndpoint } from "../../src/backends/endpoint.ts";
import type { Clock } from "../../src/foundation/clock.ts";
import { Pacer } from "../../src/foundation/pacer.ts";
import { Secret } from "../../src/foundation/secret.ts";
import { azureHeaders } from "../../src/transport/azure-headers.ts";
import { createHttp } from "../../src/transport/http.ts";
import { retry } from "../../src/transport/retry.ts";
import { type HttpRequest, type Layer, stack, type Transport } from "../../src/transport/transport.ts";
import { Dice } from "../simulation/dice.ts";
import { type Azurite, startAzurite } from "./azurite.ts";

/** An Azurite with the transport that reaches it, as the command stacks it. */
export interface BlobStage {
  readonly azurite: Azurite;
  readonly transport: Transport;
  /** Every request that was sent, repeats included, oldest first. */
  readonly sent: HttpRequest[];
  /** As `transport`, with a layer of the test's own next to the connection. */
  with(layer: Layer): Transport;
  /** A container that nobody else has, and the SDK's client for it. */
  newContainer(): Promise<ContainerClient>;
  endpoint(container: string, path?: string, sas?: string): BlobEndpoint;
  close(): Promise<void>;
}

/** Time in which waits take no time: a retry comes at once. */
const impatientClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: async (_ms, signal) => {
    await new Promise(setImmediate);
    signal?.throwIfAborted();
  },
};

/** Time for the watchdog, which nothing here should wake. */
const stillClock: Clock = { ...impatientClock, sleep: () => new Promise(() => {}) };

export async function startBlobStage(): Promise<BlobStage> {
  const azurite = await startAzurite();
  const http = createHttp({
    clock: stillClock,
    pacer: new Pacer(stillClock, Number.POSITIVE_INFINITY),
    connectionsMax: 16,
  });
  const sent: HttpRequest[] = [];
  const record: Layer = (next) => (request, signal) => {
    sent.push(request);
    return next(request, signal);
  };
  const layers = [
    azureHeaders({ userAgent: "AzCopy/test", random: new Dice(1) }),
    retry({ clock: impatientClock, random: new Dice(1), retriesMax: 3 }),
  ];
  let containers = 0;
  return {
    azurite,
    sent,
    transport: stack([...layers, record], http.send),
    with: (layer) => stack([...layers, record, layer], http.send),
    async newContainer() {
      const container = azurite.container(`container-${containers++}`);
      await container.create();
      return container;
    },
    endpoint: (container, path = "", sas = azurite.sas()) => ({
      kind: "blob",
      account: azurite.accountUrl,
      container,
      path,
      sas: sas === "" ? undefined : new Secret(sas),
    }),
    async close() {
      await http.close();
      await azurite.close();
    },
  };
}
