import { strict as assert } from "node:assert";
import { asPath, type Writer } from "../../src/backends/backend.ts";
import { MemoryStore } from "../../src/backends/memory/memory-store.ts";
import { OpenPart } from "../../src/job/part-queue.ts";
import { Settler } from "../../src/job/settler.ts";
import type { World } from "../../src/job/world.ts";
import { type JobHeader, planFormat } from "../../src/journal/job-folder.ts";
import { JobJournal } from "../../src/journal/job-journal.ts";
import { SimulatedClock } from "../simulation/simulated-clock.ts";
import { SimulatedDisk } from "../simulation/simulated-disk.ts";

const jobId = "0f8fad5b-d9cb-469f-a165-70867728950e";

/** A job on a simulated disk that notes what is done to its files, in order. */
export class SettlerBench {
  readonly steps: string[] = [];
  /** What the job log was told. */
  readonly complaints: string[] = [];
  readonly clock = new SimulatedClock();
  readonly disk: SimulatedDisk;
  readonly writers = new Set<Writer>();
  /** Parts whose logs were closed. */
  readonly closed: string[] = [];
  /** What a step does before it takes effect: fail, or take its time. */
  before: (step: string) => Promise<void> | void = () => {};
  readonly journal: JobJournal;
  readonly settler: Settler;

  private constructor(disk: SimulatedDisk, journal: JobJournal, trusting: boolean) {
    this.disk = disk;
    this.journal = journal;
    const destination = new MemoryStore({
      fault: (operation, _path, moment) =>
        moment === "before" ? this.#step(`${operation} files`) : undefined,
    });
    const world: World = {
      clock: this.clock,
      random: { next: () => 0, bytes: (count) => new Uint8Array(count) },
      report: () => {},
      log: (_level, text) => this.complaints.push(text),
      journal,
      source: new MemoryStore(),
      destination,
      changes: undefined,
      ask: async () => undefined,
      network: () => assert.fail("nobody asks"),
      names: { source: (path) => path, destination: (path) => path },
    };
    this.settler = new Settler(world, this.writers, trusting);
  }

  static async open(trusting = false): Promise<SettlerBench> {
    const header: JobHeader = { format: planFormat, jobId, startedMs: 0, command: "copy", order: {} };
    const disk = new SimulatedDisk();
    const bench = new SettlerBench(disk, await JobJournal.create(disk, "/plans", header), trusting);
    disk.onFault((operation, path) => bench.#step(`${operation} ${path.split("/").at(-1)}`));
    return bench;
  }

  /** A part of `transfers`, planned and synced. */
  async part(number: number, transfers: number): Promise<OpenPart> {
    const log = await this.journal.createPart(number);
    const part = new OpenPart(number, log);
    for (let index = 0; index < transfers; index++) {
      const transfer = {
        index,
        path: asPath(`${number}-${index}`),
        bytes: 1,
        blockBytes: 8,
        modifiedMs: 1,
        version: "v",
      };
      log.append({ record: "planned", transfer });
      part.planned++;
    }
    await log.sync();
    const [close, append] = [log.close.bind(log), log.append.bind(log)];
    const name = `part-${number}`;
    log.close = () => {
      this.closed.push(name);
      return close();
    };
    log.append = (record) => {
      assert(!this.closed.includes(name), "appended to a log that is closed");
      append(record);
    };
    this.steps.length = 0;
    return part;
  }

  /** An object of several blocks under way. */
  openWriter(): void {
    const name = `settle writer ${this.writers.size}`;
    this.writers.add({ settle: () => this.#step(name) } as Writer);
  }

  /** The lines of a part's log; none when it is gone. */
  lines(part: number): string[] {
    const file = this.disk.files.get(`/plans/${jobId}/part-0000${part}.log`);
    return file === undefined ? [] : file.current.toString("utf8").split("\n").slice(0, -1);
  }

  /** How many of them a power cut leaves. */
  durableLines(part: number): number {
    const file = this.disk.files.get(`/plans/${jobId}/part-0000${part}.log`);
    return file === undefined ? 0 : file.durable.toString("utf8").split("\n").length - 1;
  }

  async #step(step: string): Promise<void> {
    this.steps.push(step);
    await this.before(step);
  }
}
