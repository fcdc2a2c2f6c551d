import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import type { Clock, Random } from "../foundation/clock.ts";
import { messageOf, StorageError } from "../foundation/errors.ts";
import type { Log, LogLevel } from "../foundation/log.ts";
import type { Pacer } from "../foundation/pacer.ts";
import type { NetworkStatistics } from "../job/events.ts";
import { azureHeaders, userAgent } from "../transport/azure-headers.ts";
import { createHttp } from "../transport/http.ts";
import { logRequests } from "../transport/log.ts";
import { proxyFor } from "../transport/proxy.ts";
import { retry, type StatusRule } from "../transport/retry.ts";
import { startStatistics } from "../transport/statistics.ts";
import { stack, type Transport } from "../transport/transport.ts";
import type { Environment, Variables } from "./environment.ts";

export interface NetworkParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly wants: (level: LogLevel) => boolean;
  readonly pacer: Pacer;
  readonly connectionsMax: number;
  readonly environment: Environment;
  readonly variables: Variables;
  readonly version: string;
  /** What --retry-status-codes says. */
  readonly retryRules: readonly StatusRule[];
  /** Told once for each proxy that is used. */
  readonly onProxy: (origin: string, proxy: string) => void;
}

export interface Network {
  readonly transport: Transport;
  statistics(): NetworkStatistics;
  close(): Promise<void>;
}

/** The one place where the layers around the network are stacked; the first sees a request first. */
export function createNetwork(parts: NetworkParts): Network {
  const { clock, random, log, wants, environment } = parts;
  const statistics = startStatistics();
  const http = createHttp({
    clock,
    pacer: parts.pacer,
    connectionsMax: parts.connectionsMax,
    statistics,
    ...(environment.tryTimeoutMs === undefined ? {} : { tryTimeoutMs: environment.tryTimeoutMs }),
    proxyFor: (origin) => {
      const proxy = proxyFor(parts.variables, origin);
      if (proxy !== undefined) parts.onProxy(origin, proxy);
      return proxy;
    },
  });
  const agent = userAgent({
    prefix: environment.userAgentPrefix,
    version: parts.version,
    runtime: `node ${process.versions.node}`,
    platform: process.platform,
  });
  const version = environment.serviceVersion;
  const headers = azureHeaders({
    random,
    userAgent: agent,
    ...(version === undefined ? {} : { serviceVersion: version }),
  });
  const layers = [
    headers,
    retry({ clock, random, log, rules: parts.retryRules }),
    logRequests({ log, wants, clock }),
  ];
  return {
    transport: stack(layers, http.send),
    statistics: () => ({ ...statistics }),
    close: () => http.close(),
  };
}

/**
 * Trusts the machine's own certificates, as every other program on it does, besides the built-in ones, and those
 * of SSL_CERT_FILE. Throws StorageError "InvalidArgument" when that file cannot be read.
 */
export function trustCertificates(certificatesFile: string | undefined): void {
  const trusted = [...getCACertificates("default"), ...getCACertificates("system")];
  if (certificatesFile !== undefined) {
    try {
      trusted.push(readFileSync(certificatesFile, "utf8"));
    } catch (error) {
      throw new StorageError("InvalidArgument", `SSL_CERT_FILE cannot be read: ${messageOf(error)}`);
    }
  }
  setDefaultCACertificates(trusted);
}
