import { quantile } from "@partitune/numerics";
import {
  buildSpace,
  type CardOptions,
  cardCost,
  cardIdle,
  cardSpace,
  cardWork,
  cardWorkloads,
  expandSpace,
  idleWorkload,
  loadRecording,
  memorySink,
  openJournal,
  profile,
  protocols,
  replayExecutor,
  type Space,
  syntheticA100,
  syntheticCardExecutor,
} from "@partitune/profiler";
import {
  type Config,
  formatConfig,
  formatPartition,
  loadProfile,
  type Measurement,
  parsePartition,
  profile as profileSchema,
} from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const named = (...names: readonly string[]) => cardWorkloads.filter(({ name }) => names.includes(name));
const pieces = (...texts: readonly string[]) => texts.map(parsePartition);
const silent: Partial<CardOptions> = { noise: 0 };

function configOf(workload: string, partition: string, batch: number, processes = 1, powerMode = "default"): Config {
  const config = { workload, powerMode, partition: parsePartition(partition), batch };
  return processes === 1 ? config : { ...config, processes };
}

/** Rows of a campaign over one network, baselines left out. */
async function rowsOf(
  choices: Partial<Omit<Space, "workloads">> & Pick<Space, "partitions">,
  options: Partial<CardOptions> = {},
  workloads = named("resnet50"),
): Promise<readonly Measurement[]> {
  const space = buildSpace(syntheticA100, { workloads, batches: [8], ...choices });
  const end = await profile(syntheticCardExecutor(options), space, protocols.sweep, memorySink());
  return end.profile!.measurements.filter((row) => !row.baseline);
}

function resultsOf({ outcome }: Measurement) {
  if (outcome.kind !== "measured") throw new Error(outcome.reason);
  return outcome.results;
}

describe("without noise, a campaign measures what the formula says:", () => {
  test("latency of one batch of one process, throughput and memory of all, power of the card", async () => {
    const rows = await rowsOf({ partitions: pieces("mig:2g.20gb"), processes: [1, 2, 3], batches: [1, 32] }, silent);
    expect(rows).toHaveLength(6);
    for (const row of rows) {
      const { batch, processes = 1 } = row.point.config;
      const piece = { multiprocessors: 28, bandwidth: 2 / 8 };
      const clock = { multiprocessors: 1, memory: 1 };
      const cost = cardCost(cardWork("resnet50")!, { batch, processes, piece, clock });
      const results = resultsOf(row);
      expect(results.latency.p50!.value).toBeCloseTo(cost.timeSeconds, 6);
      expect(results.throughputPerSecond / ((processes * batch) / cost.timeSeconds)).toBeCloseTo(1, 3);
      expect(results.memoryPeakBytes).toBe(cost.memoryBytes);
      expect(results.powerMeanWatts! / (cardIdle + cost.powerWatts)).toBeCloseTo(1, 3);
      expect(row.flags).toEqual([]);
    }
  });

  test("one process is written by saying nothing, several by their number", async () => {
    const rows = await rowsOf({ partitions: pieces("whole"), processes: [1, 2] }, silent);
    expect(rows.map(({ point }) => formatConfig(point.config)).sort()).toEqual([
      "resnet50 default whole batch 8",
      "resnet50 default whole batch 8 × 2",
    ]);
    expect(rows.map(({ point }) => "processes" in point.config).sort()).toEqual([false, true]);
  });

  test("shares are rounded down to two multiprocessors", async () => {
    const [tenth, more] = await Promise.all(
      ["mps-share:0.1", "mps-share:0.11"].map((text) => rowsOf({ partitions: pieces(text) }, silent)),
    );
    expect(resultsOf(tenth![0]!).latency.p50).toEqual(resultsOf(more![0]!).latency.p50);
  });

  test("a locked clock is slower and draws less, a cap is kept", async () => {
    const powerModes = ["default", "gpu900", "250w"];
    const rows = await rowsOf({ partitions: pieces("whole"), powerModes, batches: [32], processes: [2] }, silent);
    const of = (mode: string) => resultsOf(rows.find(({ point }) => point.config.powerMode === mode)!);
    expect(of("gpu900").latency.mean).toBeGreaterThan(1.2 * of("default").latency.mean);
    expect(of("gpu900").powerMeanWatts).toBeLessThan(0.7 * of("default").powerMeanWatts!);
    expect(of("default").powerMeanWatts).toBeGreaterThan(300);
    expect(of("250w").powerMeanWatts).toBeCloseTo(250, 0);
    expect(of("250w").latency.mean).toBeLessThan(of("gpu900").latency.mean);
  });

  test("the idle card draws its idle power", async () => {
    const [row] = await rowsOf({ partitions: pieces("whole"), batches: [1] }, silent, [idleWorkload]);
    expect(resultsOf(row!).powerMeanWatts).toBeCloseTo(cardIdle, 9);
  });
});

describe("neighbours", () => {
  const beside = (partition: string, processes = 1) => [configOf("vgg16", partition, 8, processes)];
  const networks = named("resnet50", "vgg16");
  const slowdown = async (own: string, neighbour: string, options = silent) => {
    const rows = await rowsOf({ partitions: pieces(own), companies: [[], beside(neighbour)] }, options, networks);
    const of = (count: number) =>
      rows.find(({ point }) => point.config.workload === "resnet50" && point.neighbours.length === count)!;
    return resultsOf(of(1)).latency.p50!.value / resultsOf(of(0)).latency.p50!.value;
  };

  test("cost a share some percent, more on a larger share, and a MIG instance nothing", async () => {
    const [small, large] = [
      await slowdown("mps-share:0.5", "mps-share:0.2"),
      await slowdown("mps-share:0.5", "mps-share:0.5"),
    ];
    expect(small).toBeGreaterThan(1.01);
    expect(large).toBeGreaterThan(small);
    expect(large).toBeLessThan(1.3);
    expect(await slowdown("mig:3g.40gb", "mig:4g.40gb")).toBe(1);
  });

  test("on the whole card without limits take turns", async () => {
    expect(await slowdown("whole", "whole")).toBeGreaterThan(1.2);
  });

  test("scatter by less than a percent around the formula", async () => {
    const exact = await slowdown("mps-share:0.5", "mps-share:0.5");
    const noisy = await slowdown("mps-share:0.5", "mps-share:0.5", {});
    expect(noisy).not.toBe(exact);
    expect(Math.abs(Math.log(noisy / exact))).toBeLessThan(0.04);
  });

  test("draw power on the same meter", async () => {
    const rows = await rowsOf(
      { partitions: pieces("mps-share:0.5"), companies: [[], beside("mps-share:0.5")] },
      silent,
      networks,
    );
    const of = (count: number) =>
      rows.find(({ point }) => point.config.workload === "resnet50" && point.neighbours.length === count)!;
    expect(resultsOf(of(1)).powerMeanWatts! - resultsOf(of(0)).powerMeanWatts!).toBeGreaterThan(60);
  });
});

describe("memory", () => {
  test("that an instance does not have makes a batch infeasible, not failed, and smaller ones go on", async () => {
    const rows = await rowsOf(
      { partitions: pieces("mig:1g.10gb"), processes: [3], batches: [1, 16, 32] },
      silent,
      named("vgg16"),
    );
    const outcomes = Object.fromEntries(rows.map((row) => [row.point.config.batch, row.outcome]));
    expect(outcomes[1]!.kind).toBe("measured");
    expect(outcomes[32]).toEqual({
      kind: "infeasible",
      reason: "vgg16 default mig:1g.10gb batch 32 × 3 needs 19.0 GiB, and there are 9.6 GiB",
    });
  });

  test("is told of each batch by itself, whatever ran before", async () => {
    const rows = await rowsOf({ partitions: pieces("whole"), batches: [1, 2, 4, 8, 16, 32] }, silent);
    const bytes = rows.map((row) => [row.point.config.batch, resultsOf(row).memoryPeakBytes!] as const);
    const sorted = [...bytes].sort(([a], [b]) => a - b).map(([, memory]) => memory);
    expect(sorted).toEqual([...sorted].sort((a, b) => a - b));
    expect(new Set(sorted).size).toBe(6);
  });
});

describe("the noise", () => {
  test("is fixed by the seed", async () => {
    const of = async (seed: string) =>
      (await rowsOf({ partitions: pieces("whole", "mps-share:0.5"), processes: [1, 2] }, { seed })).map(resultsOf);
    const first = await of("1");
    expect(await of("1")).toEqual(first);
    expect(await of("2")).not.toEqual(first);
  });

  test("holds up some batches: a p99 lies some percent above the median", async () => {
    const space = buildSpace(syntheticA100, {
      workloads: named("resnet50"),
      partitions: pieces("whole"),
      batches: [8],
    });
    const end = await profile(syntheticCardExecutor(), space, protocols.tails, memorySink());
    const { p50, p99 } = resultsOf(end.profile!.measurements.find((row) => !row.baseline)!).latency;
    expect(p99!.value / p50!.value).toBeGreaterThan(1.03);
    expect(p99!.value / p50!.value).toBeLessThan(1.2);
  });

  test("scatters the time of configurations by 1.1 %", async () => {
    const batches = Array.from({ length: 60 }, (_, i) => i + 1);
    const partitions = pieces("whole", "mps-share:0.5");
    const timesOf = async (options: Partial<CardOptions>) =>
      new Map(
        (await rowsOf({ partitions, batches }, options)).map((row) => [
          formatConfig(row.point.config),
          resultsOf(row).latency.p50!.value,
        ]),
      );
    const exact = await timesOf(silent);
    const ratios = [...(await timesOf({}))].map(([name, time]) => Math.log(time / exact.get(name)!));
    // From the median deviation: sd = 1.4826 · median |x| of a normal distribution; a median of 40 batches adds 0.3 %.
    const deviation = 1.4826 * quantile(Float64Array.from(ratios, Math.abs).sort(), 0.5);
    expect(deviation).toBeGreaterThan(0.008);
    expect(deviation).toBeLessThan(0.016);
  });
});

describe("a fault gives no number that could be taken for another:", () => {
  const partitions = pieces("whole");
  test("a mode that cannot be set fails with what the card says", async () => {
    const faults = { refuses: { gpu900: "insufficient permissions" } };
    const [row] = await rowsOf({ partitions, powerModes: ["gpu900"] }, { faults });
    expect(row!.outcome).toEqual({
      kind: "failed",
      reason: 'power mode "gpu900" could not be set: insufficient permissions',
    });
  });

  test("a mode in whose place the card keeps another fails, told from the clocks read back", async () => {
    const faults = { fallsBack: { gpu900: "default" } };
    const [row] = await rowsOf({ partitions, powerModes: ["gpu900"] }, { faults });
    expect(row!.outcome).toEqual({
      kind: "failed",
      reason:
        'the device was not in power mode "gpu900": it reported a GPU clock of 1410 MHz, asked for a GPU clock of 900 MHz',
    });
  });

  test("a meter that stops leaves power unknown and the row flagged", async () => {
    const [row] = await rowsOf({ partitions }, { faults: { meterStopsAt: 0.1 } });
    expect(row!.flags).toContain("meter-stopped");
    expect(resultsOf(row!)).toMatchObject({ powerMeanWatts: null, energyPerRequestJoules: null });
    expect(resultsOf(row!).throughputPerSecond).toBeGreaterThan(0);
  });

  test("a worker that crashes fails, and a neighbour that does takes its company with it", async () => {
    const faults = { crashes: { vgg16: "CUDA error 700" } };
    const companies = [[], [configOf("vgg16", "mps-share:0.5", 8)]];
    const rows = await rowsOf(
      { partitions: pieces("mps-share:0.5"), companies },
      { faults },
      named("resnet50", "vgg16"),
    );
    const kinds = rows.map(
      ({ point, outcome }) => `${point.config.workload} ${point.neighbours.length} ${outcome.kind}`,
    );
    expect(kinds.sort()).toEqual(["resnet50 0 measured", "resnet50 1 failed", "vgg16 0 failed", "vgg16 1 failed"]);
    expect(rows.find(({ outcome }) => outcome.kind === "failed")!.outcome).toMatchObject({
      reason: "the worker crashed: CUDA error 700",
    });
  });
});

describe("refused before anything is measured is", () => {
  test.each([
    [
      "a network without a formula",
      { workloads: [{ ...named("bert")[0]!, engine: { engine: "synthetic-card", workload: "gpt" } as const }] },
      'asks for inference of "gpt", which the synthetic card has no formula for; infer with one of resnet18',
    ],
    ["a training", { workloads: [{ ...named("bert")[0]!, task: "training" as const }] }, 'asks for training of "bert"'],
    ["a MIG profile of another card", { partitions: pieces("mig:3g.71gb") }, 'partition "mig:3g.71gb" cannot be set'],
    [
      "a CPU share",
      { partitions: pieces("cpu-share:0.5") },
      'partition "cpu-share:0.5" is not possible on device "synthetic-a100-80gb"',
    ],
    [
      "more processes than MPS has clients",
      { processes: [49] },
      'the number of processes 49 is more than executor "synthetic-a100" can run of one workload at once; ask for at most 48',
    ],
    ["a mode that it has not", { powerModes: ["MAXN"] }, 'power mode "MAXN" is none of device'],
  ])("%s", async (_, choices, words) => {
    const space = buildSpace(syntheticA100, { workloads: named("bert"), partitions: pieces("whole"), ...choices });
    await expect(profile(syntheticCardExecutor(), space, protocols.sweep, memorySink())).rejects.toThrow(words);
  });
});

test("a recording of several processes and neighbours is replayed with the same numbers", async () => {
  const folder = temporaryFolder();
  const sink = await openJournal(folder);
  const workloads = named("resnet50", "bert");
  const choices = {
    workloads,
    partitions: pieces("mps-share:0.5"),
    processes: [1, 3],
    batches: [8],
    // Every neighbour is measured as well, beside whom it is a neighbour of: a recording answers both sides.
    companies: [
      [],
      ...["resnet50", "bert"].flatMap((name) => [1, 3].map((many) => [configOf(name, "mps-share:0.5", 8, many)])),
    ],
  };
  await profile(syntheticCardExecutor(), buildSpace(syntheticA100, choices), protocols.sweep, sink).finally(() =>
    sink.close(),
  );
  const { profile: original } = loadRecording(folder);
  const executor = replayExecutor(() => loadRecording(folder));
  const end = await profile(executor, buildSpace(syntheticA100, choices), protocols.sweep, memorySink());
  const numbersOf = (rows: readonly Measurement[]) =>
    Object.fromEntries(
      rows
        .filter((row) => !row.baseline)
        .map((row) => [
          [row.point.config, ...row.point.neighbours].map(formatConfig).join(" beside "),
          { latency: resultsOf(row).latency, throughput: Number(resultsOf(row).throughputPerSecond.toPrecision(4)) },
        ]),
    );
  const expected = numbersOf(original.measurements);
  expect(Object.keys(expected)).toHaveLength(20);
  expect(numbersOf(end.profile!.measurements)).toEqual(expected);
});

describe("datasets/synthetic-a100-80gb", () => {
  const recorded = loadProfile(`${import.meta.dirname}/../../../datasets/synthetic-a100-80gb`);
  const points = recorded.measurements.filter((row) => !row.baseline);
  const keyOf = ({ point }: Measurement) => [point.config, ...point.neighbours].map(formatConfig).join(" beside ");

  test("is synthetic, without doubts, and complete by the grids of its command", () => {
    const settings = expandSpace(cardSpace, syntheticA100);
    expect(recorded.device).toEqual(syntheticA100);
    expect(recorded.device.synthetic).toBe(true);
    expect(profileSchema.shape.device.parse(recorded.device)).toEqual(syntheticA100);
    expect(recorded.warnings).toEqual([]);
    expect(new Set(points.map(keyOf))).toEqual(
      new Set(settings.map(({ config, neighbours }) => [config, ...neighbours].map(formatConfig).join(" beside "))),
    );
    expect(points).toHaveLength(settings.length);
  });

  test("has rows of every kind: infeasible ones, processes, neighbours, modes, and a p99 in each", () => {
    const count = (wanted: (row: Measurement) => boolean) => points.filter(wanted).length;
    expect(count(({ outcome }) => outcome.kind === "infeasible")).toBe(18);
    expect(count(({ point }) => point.config.processes === 3)).toBeGreaterThan(700);
    expect(count(({ point }) => point.neighbours.length === 1)).toBe(320);
    expect(count(({ point }) => point.neighbours.length === 2)).toBe(48);
    expect(count(({ point }) => point.config.powerMode !== "default")).toBe(1440 + 3);
    const idle = points.filter(({ point }) => point.config.workload === "idle");
    expect(idle.map((row) => Math.round(resultsOf(row).powerMeanWatts!))).toEqual([55, 55, 55, 55]);
    const measured = points.filter((row) => row.outcome.kind === "measured" && !idle.includes(row));
    expect(measured.every((row) => resultsOf(row).latency.p99 !== null)).toBe(true);
    expect(measured.every((row) => resultsOf(row).memoryPeakBytes !== null)).toBe(true);
    expect(measured.every((row) => resultsOf(row).powerMeanWatts !== null)).toBe(true);
  });

  test("is what its command makes today", async () => {
    const choices = {
      workloads: named("resnet18"),
      partitions: pieces("mig:1g.10gb"),
      processes: [1, 3],
      batches: [1, 32],
    };
    const executor = syntheticCardExecutor({ seed: "partitune" });
    const end = await profile(executor, buildSpace(syntheticA100, choices), protocols.tails, memorySink());
    const latencyOf = (row: Measurement) => [keyOf(row), resultsOf(row).latency] as const;
    const made = end.profile!.measurements.filter((row) => !row.baseline).map(latencyOf);
    expect(made).toHaveLength(4);
    const kept = new Map(
      points
        .filter(({ point }) => formatPartition(point.config.partition) === "mig:1g.10gb")
        .flatMap((row) => (row.outcome.kind === "measured" ? [latencyOf(row)] : [])),
    );
    for (const [key, latency] of made) expect(kept.get(key)).toEqual(latency);
  });
});
