import {
  type Bytes,
  type Config,
  formatConfig,
  type Joules,
  type Seconds,
  type Telemetry,
  type Workload,
} from "@partitune/schema";
import type { NoiseFactors } from "../boardNoise.ts";
import type { CardClocks } from "../cardClocks.ts";
import { type CardCost, type CardUse, type CardWork, cardCost, cardMultiprocessors } from "../cardFormula.ts";
import type { CutPiece } from "../cardPiece.ts";
import { cardWork } from "../cardWorkloads.ts";
import { type Clock, type PowerSettings, type Run, type Session, type Usage, WorkerFailure } from "../executor.ts";
import { processRing } from "../processRing.ts";

/** How fast a session runs as all that is open leaves it. */
export interface CardPace {
  readonly cost: CardCost;
  readonly slowdown: number;
}

/** The card, as its sessions see it. */
export interface CardHost {
  readonly clock: Clock;
  /** Cap and clocks as the card reports them now. */
  readonly limits: PowerSettings;
  /**
   * A session has turned to another batch.
   *
   * @throws WorkerFailure when its memory does not fit
   */
  turned(session: CardSession): void;
  paceOf(session: CardSession): CardPace;
  /** What is busy in the same memory. */
  neighboursOf(session: CardSession): readonly CardSession[];
  /** @param company  further processes and neighbours that are busy meanwhile */
  noiseOf(configuration: string, company: number): () => NoiseFactors;
  /** A batch used so much beyond the idle card's power in this time. */
  use(energy: Joules, from: Seconds, to: Seconds): void;
  energyJoules(): Joules;
  /** Time between two updates of the energy counter; undefined where it is negligible. */
  readonly energyUpdateSeconds: Seconds | undefined;
  /** What the card's sensors tell; undefined when it has none. */
  telemetry(from: Seconds, to: Seconds): Telemetry | undefined;
  close(session: CardSession): void;
}

const wholeCard = { multiprocessors: cardMultiprocessors, bandwidth: 1 };
const fullClocks: CardClocks = { multiprocessors: 1, memory: 1 };

/** A workload with all its processes on a piece of the synthetic card. */
export class CardSession implements Session {
  readonly mechanism = "formula";
  readonly piece: CutPiece;
  readonly #host: CardHost;
  readonly #workload: Workload;
  readonly #config: Config;
  #batch: number | undefined;
  #next: (() => Promise<Run>) | undefined;
  #energyOfBatch: Joules = 0;
  #lastEnd: Seconds = 0;

  constructor(host: CardHost, workload: Workload, config: Config, piece: CutPiece) {
    this.#host = host;
    this.#workload = workload;
    this.#config = config;
    this.piece = piece;
  }

  get isBusy(): boolean {
    return this.#batch !== undefined && this.#workload.task !== "idle";
  }

  /** What it runs now, as one line. */
  get configuration(): string {
    return formatConfig({ ...this.#config, batch: this.#batch ?? this.#config.batch });
  }

  get memoryBytes(): Bytes {
    return this.isBusy ? this.cost(fullClocks).memoryBytes : 0;
  }

  async run(batch: number): Promise<Run> {
    const next = batch === this.#batch ? this.#next : undefined;
    this.#next = next ?? this.#turnTo(batch);
    const run = await this.#next();
    this.#host.use(this.#energyOfBatch, Math.max(run.start, this.#lastEnd), run.end);
    this.#lastEnd = run.end;
    return run;
  }

  async telemetry(from: Seconds, to: Seconds): Promise<Telemetry | undefined> {
    return this.#host.telemetry(from, to);
  }

  async usage(): Promise<Usage> {
    const { energyUpdateSeconds } = this.#host;
    return {
      ...(energyUpdateSeconds === undefined ? {} : { energyUpdateSeconds }),
      cpuSeconds: null,
      memoryPeakBytes: this.memoryBytes,
      memoryOfBatch: true,
      energyJoules: this.#host.energyJoules(),
      otherCpuSeconds: 0,
      throttleEvents: 0,
      powerMode: this.#host.limits,
      reasons: { cpuSeconds: "no formula" },
    };
  }

  async close(): Promise<void> {
    this.#host.close(this);
  }

  /** Costs while all its processes are busy and nobody else is, on its piece or another one. */
  cost(clock: CardClocks, piece: Pick<CutPiece, "multiprocessors" | "bandwidth"> = this.piece): CardCost {
    const { batch, processes = 1 } = this.#config;
    return cardCost(this.#work(), { batch: this.#batch ?? batch, processes, piece, clock });
  }

  /** What others feel of it: its use of a whole card of its own, scaled to its share. */
  use(clock: CardClocks): CardUse {
    const { busy } = this.cost(clock, wholeCard);
    const { share } = this.piece;
    return { multiprocessors: busy.multiprocessors * share, bandwidth: busy.bandwidth * share };
  }

  #work(): CardWork {
    const { engine, name } = this.#workload;
    const work = engine.engine === "synthetic-card" ? cardWork(engine.workload) : undefined;
    if (work !== undefined) return work;
    throw new WorkerFailure("failed", `the synthetic card has no formula for "${name}"`);
  }

  /** @returns what waits for the next batch of this size */
  #turnTo(batch: number): () => Promise<Run> {
    const host = this.#host;
    this.#batch = batch;
    if (this.#workload.task === "idle") return processRing(host.clock, 1, () => batch);
    host.turned(this);
    const { processes = 1 } = this.#config;
    const noise = host.noiseOf(this.configuration, processes - 1 + host.neighboursOf(this).length);
    return processRing(host.clock, processes, (): Seconds => {
      const { cost, slowdown } = host.paceOf(this);
      const factors = noise();
      const time = cost.timeSeconds * factors.time;
      this.#energyOfBatch = (cost.powerWatts * time * factors.power) / processes;
      return time * slowdown;
    });
  }
}
