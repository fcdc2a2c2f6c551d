/**
 * The two modules of undici that requests go through. Importing the package's index instead would load fetch,
 * WebSocket, caches and mocks as well: 70 ms more at every start of the command.
 */
declare module "undici/lib/dispatcher/client.js" {
  import type { Client as ClientClass } from "undici";

  const Client: typeof ClientClass;
  export default Client;
}

declare module "undici/lib/core/connect.js" {
  import type { buildConnector as build } from "undici";

  const buildConnector: typeof build;
  export default buildConnector;
}
