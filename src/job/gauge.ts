import type { Counters } from "./counters.ts";
import type { JobStatus, Snapshot } from "./events.ts";
import { Speedometer } from "./speedometer.ts";
import type { World } from "./world.ts";

/** Reads how a job stands, for those who tell people. */
export class Gauge {
  readonly #world: Pick<World, "clock" | "journal" | "network">;
  readonly #counters: Counters;
  readonly #speedometer: Speedometer;
  readonly #startedMs: number;

  constructor(world: Pick<World, "clock" | "journal" | "network">, counters: Counters) {
    this.#world = world;
    this.#counters = counters;
    this.#speedometer = new Speedometer(world.clock, () => world.network().bytesOverWire);
    this.#startedMs = world.clock.elapsed();
  }

  /** What failed and what was skipped is told once: by the first reading after it. */
  read(status: JobStatus, scanned: boolean): Snapshot {
    const { clock, journal, network } = this.#world;
    const news = this.#counters.takeNews();
    return {
      jobId: journal.header.jobId,
      status,
      scanned,
      counts: this.#counters.counts,
      network: network(),
      bytesPerSecond: this.#speedometer.read(),
      elapsedMs: clock.elapsed() - this.#startedMs,
      newlyFailed: news.failed,
      newlySkipped: news.skipped,
    };
  }

  /** Calls `each` every `intervalMs`, until the signal is aborted. */
  async tick(intervalMs: number, signal: AbortSignal, each: () => void): Promise<void> {
    for (;;) {
      try {
        await this.#world.clock.sleep(intervalMs, signal);
      } catch {
        return;
      }
      each();
    }
  }
}
