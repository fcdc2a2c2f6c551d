/** What a command line asks a command for, and what its user is to be warned of first. */
export interface Asked<Request> {
  readonly request: Request;
  /** WARN lines. */
  readonly warnings: readonly string[];
}
