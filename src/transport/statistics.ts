/** What went over the network, counted as it goes. One object for a process; readers copy what they show. */
export interface TransportStatistics {
  /** Body bytes sent or received, repeats included. */
  bytesOverWire: number;
  /** Requests that were put on a connection, repeats included. */
  requests: number;
  /** Answers 503. */
  serverBusy: number;
  /** Requests that ended without a whole answer, cancelled ones excepted. */
  networkErrors: number;
  /** From sending to the whole answer, summed over all answered requests, ms. */
  requestMs: number;
  /** Requests under way, each on a connection of its own. */
  activeConnections: number;
}

export const startStatistics = (): TransportStatistics => ({
  bytesOverWire: 0,
  requests: 0,
  serverBusy: 0,
  networkErrors: 0,
  requestMs: 0,
  activeConnections: 0,
});
