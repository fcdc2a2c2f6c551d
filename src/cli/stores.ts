import { openChanges, openDestination, openSource, type StoreParts, sweep } from "../backends/index.ts";
import type { Stores } from "../commands/context.ts";
import type { Transport } from "../transport/transport.ts";
import { createNetwork, type Network, type NetworkParts, trustCertificates } from "./network.ts";

export interface OpenedStores extends Stores {
  close(): Promise<void>;
}

/** The table of stores over this process's network, which is made when the first store needs it. */
export function openStores(parts: NetworkParts & { readonly usesTls: boolean }): OpenedStores {
  let network: Network | undefined;
  const transport = (): Transport => {
    if (network === undefined) {
      if (parts.usesTls) trustCertificates(parts.environment.certificatesFile);
      network = createNetwork(parts);
    }
    return network.transport;
  };
  const { clock, log } = parts;
  const { contentTypes } = parts.environment;
  const storeParts: StoreParts = {
    platform: process.platform,
    clock,
    log,
    transport,
    ...(contentTypes === undefined ? {} : { contentTypes }),
  };
  const nothing = {
    bytesOverWire: 0,
    requests: 0,
    serverBusy: 0,
    networkErrors: 0,
    requestMs: 0,
    activeConnections: 0,
  };
  return {
    openSource: (endpoint) => openSource(endpoint, storeParts),
    openDestination: (endpoint, jobId) => openDestination(endpoint, jobId, storeParts),
    openChanges: (endpoint) => openChanges(endpoint, storeParts),
    sweep,
    network: () => network?.statistics() ?? nothing,
    close: async () => network?.close(),
  };
}
