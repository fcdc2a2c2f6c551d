import { strict as assert } from "node:assert";
import { createRequire } from "node:module";
import {
  AccountSASPermissions,
  AccountSASResourceTypes,
  AccountSASServices,
  BlobServiceClient,
  type ContainerClient,
  ContainerSASPermissions,
  generateAccountSASQueryParameters,
  generateBlobSASQueryParameters,
  SASProtocol,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";

/** The account that every Azurite has, and its published key. */
const accountName = "devstoreaccount1";
const accountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

export interface AzuriteOptions {
  /** Ignores headers that Azurite does not know instead of answering 500. Default: false, as the strictest judge. */
  readonly loose?: boolean;
  /** Most content that all its blobs may hold, bytes. Default 512 MiB. */
  readonly memoryBytesMax?: number;
}

export interface SasOptions {
  /** Letters in any order; default: all that Azurite knows. */
  readonly permissions?: string;
  /** Of "sco"; default all. */
  readonly resourceTypes?: string;
  readonly expires?: Date;
  readonly starts?: Date;
}

export interface Azurite {
  /** "http://127.0.0.1:PORT/devstoreaccount1". */
  readonly accountUrl: string;
  readonly accountName: string;
  readonly accountKey: string;
  /** The official SDK, with the account's key. */
  readonly service: BlobServiceClient;
  container(name: string): ContainerClient;
  /** An account SAS, without "?". */
  sas(options?: SasOptions): string;
  /** A SAS of one container, without "?". */
  containerSas(name: string, options?: Omit<SasOptions, "resourceTypes">): string;
  close(): Promise<void>;
}

interface BlobServer {
  start(): Promise<void>;
  close(): Promise<void>;
  getHttpServerAddress(): string;
}

const require = createRequire(import.meta.url);
const day = 86_400_000;

/** Starts an Azurite of its own in this process, in memory, on a free port, silent and without telemetry. */
export async function startAzurite(options: AzuriteOptions = {}): Promise<Azurite> {
  const server = makeServer(options);
  await server.start();
  const accountUrl = `${server.getHttpServerAddress()}/${accountName}`;
  const credential = new StorageSharedKeyCredential(accountName, accountKey);
  const service = new BlobServiceClient(accountUrl, credential);
  const times = (sas: SasOptions): { startsOn: Date; expiresOn: Date; protocol: SASProtocol } => ({
    startsOn: sas.starts ?? new Date(Date.now() - day),
    expiresOn: sas.expires ?? new Date(Date.now() + day),
    protocol: SASProtocol.HttpsAndHttp,
  });
  return {
    accountUrl,
    accountName,
    accountKey,
    service,
    container: (name) => service.getContainerClient(name),
    sas: (sas = {}) =>
      generateAccountSASQueryParameters(
        {
          ...times(sas),
          permissions: AccountSASPermissions.parse(sas.permissions ?? "rwdxyltfacup"),
          resourceTypes: AccountSASResourceTypes.parse(sas.resourceTypes ?? "sco").toString(),
          services: AccountSASServices.parse("b").toString(),
        },
        credential,
      ).toString(),
    containerSas: (name, sas = {}) =>
      generateBlobSASQueryParameters(
        {
          ...times(sas),
          containerName: name,
          permissions: ContainerSASPermissions.parse(sas.permissions ?? "racwdl"),
        },
        credential,
      ).toString(),
    close: () => server.close(),
  };
}

/** Azurite has no interface for this: these are its internals at the version that package.json names. */
function makeServer(options: AzuriteOptions): BlobServer {
  const { default: Configuration } = require("azurite/dist/src/blob/BlobConfiguration");
  const { default: Server } = require("azurite/dist/src/blob/BlobServer");
  const { MemoryExtentChunkStore } = require("azurite/dist/src/common/persistence/MemoryExtentStore");
  assert(typeof MemoryExtentChunkStore === "function", "Azurite's internals are not those of 3.37");
  const keepAliveSeconds = 5;
  const unset = undefined;
  return new Server(
    new Configuration(
      "127.0.0.1",
      0,
      keepAliveSeconds,
      unset, // metadata database
      unset, // extent database
      unset, // folders of extents
      false, // access log
      unset,
      false, // debug log
      unset,
      options.loose ?? false,
      true, // take requests of newer API versions than it knows, as the SDK sends them
      "", // certificate, key, password, OAuth
      "",
      "",
      unset,
      false, // host names of the product's form
      true, // in memory
      new MemoryExtentChunkStore(options.memoryBytesMax ?? 512 * 1024 * 1024),
    ),
  );
}
