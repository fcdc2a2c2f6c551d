import { strict as assert } from "node:assert";
import { describe, test } from "node:test";
import type { Changeable, Destination, Source } from "../../src/backends/backend.ts";
import { changesTests } from "./changes-suite.ts";
import { destinationTests } from "./destination-suite.ts";
import { sourceTests } from "./source-suite.ts";
import { writerTests } from "./writer-suite.ts";

/** A fresh, empty place of the store (folder, container), and what somebody else does there behind the store's back. */
export interface Ground {
  /** Puts an object in place, replacing what is there. A replaced object never looks as the one before did. */
  place(path: string, bytes: Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
  /** The content that anybody would see at `path`; undefined when nothing is there. */
  content(path: string): Promise<Uint8Array | undefined>;
  /** Removes everything. */
  close(): Promise<void>;
}

export interface SourceGround extends Ground {
  readonly source: Source;
  /** A source whose root (folder, container) does not exist. */
  readonly rootless: Source;
}

export interface DestinationGround extends Ground {
  /** A new instance of the store, as a process makes that begins, or resumes, the job `jobId`. */
  open(jobId: string): Promise<Destination>;
}

export interface ChangesGround extends Ground {
  readonly source: Source;
  readonly changes: Changeable;
  /** A place of the same kind whose root does not exist. */
  readonly rootless: { readonly source: Source; readonly changes: Changeable };
}

export interface GroundOptions {
  /** list() yields pages of at most so many items. */
  readonly pageItemsMax: number;
}

export interface Suite {
  readonly makeSource?: (options: GroundOptions) => Promise<SourceGround>;
  readonly makeDestination?: () => Promise<DestinationGround>;
  readonly makeChanges?: () => Promise<ChangesGround>;
  /** Titles of tests that the store cannot pass, each with the reason. An unknown title is an error. */
  readonly skip?: Readonly<Record<string, string>>;
}

/** Small pages, so that a handful of objects makes several. */
const pageItemsMax = 3;

/** Holds a store to src/backends/backend.ts: every store runs the same tests, a skip names its reason. */
export function storeSuite(name: string, suite: Suite): void {
  const skip = suite.skip ?? {};
  const writing = { ...destinationTests, ...writerTests };
  const titles = new Set([
    ...Object.keys(sourceTests),
    ...Object.keys(writing),
    ...Object.keys(changesTests),
  ]);
  for (const title of Object.keys(skip)) assert(titles.has(title), `no test is named "${title}"`);
  describe(name, () => {
    const { makeSource, makeDestination, makeChanges } = suite;
    if (makeSource) {
      for (const [title, check] of Object.entries(sourceTests)) {
        run(title, skip[title], () => makeSource({ pageItemsMax }), check);
      }
    }
    if (makeDestination) {
      for (const [title, check] of Object.entries(writing)) {
        run(title, skip[title], makeDestination, check);
      }
    }
    if (makeChanges) {
      for (const [title, check] of Object.entries(changesTests)) {
        run(title, skip[title], makeChanges, check);
      }
    }
  });
}

function run<G extends Ground>(
  title: string,
  reason: string | undefined,
  make: () => Promise<G>,
  check: (ground: G) => Promise<void>,
): void {
  test(title, reason === undefined ? {} : { skip: reason }, async () => {
    const ground = await make();
    try {
      await check(ground);
    } finally {
      await ground.close();
    }
  });
}
