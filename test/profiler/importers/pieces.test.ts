import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ImportTableOptions, importers, modeTable } from "@partitune/profiler";
import { formatConfig, InputError, loadProfile, type Measurement, profile, saveProfile } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const made = { tool: "test", at: "2026-01-01T00:00:00.000Z", seed: null, inputs: [] };
const parvagpu = [
  "Mig instance=computeSlices",
  "Batch size=batch",
  "Workload Number=processes",
  "Throughput=throughputPerProcess:/s",
  "Latency=time:s",
];

/** Made-up numbers in the shape of ParvaGPU's profiles: throughput per process, latency rounded to a millisecond, zeros for what did not run. */
const netA = `Mig instance,Batch size,Workload Number,Throughput,Latency
1,1,1,160.5,0.006
1,1,2,100.25,0.01
1,64,2,0,0
7,64,1,1600,0.04
7,64,2,1000,0.064
`;
const netB = `Mig instance,Batch size,Workload Number,Throughput,Latency
1,1,1,80,0.013
3,1,1,90,0.011
`;

function fileOf(name: string, text: string): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text);
  return file;
}

function imported(texts: readonly string[], options: Partial<ImportTableOptions> = {}) {
  const files = texts.map((text, i) => fileOf(`net${"ab"[i]}.csv`, text));
  const usual = { columns: parvagpu, device: "a100", task: "inference", run: "batch", made } as const;
  return importers.table(files, { ...usual, ...options });
}

function resultsOf({ outcome }: Measurement) {
  if (outcome.kind !== "measured") throw new Error(outcome.reason);
  return outcome.results;
}

describe("profiles of MIG instances, a file per network", () => {
  const table = imported([netA, netB]);

  test("become configurations of instances and processes, named after their files", () => {
    expect(table.measurements.map(({ point }) => formatConfig(point.config))).toEqual([
      "neta default mig:1g.10gb batch 1",
      "neta default mig:1g.10gb batch 1 × 2",
      "neta default mig:1g.10gb batch 64 × 2",
      "neta default mig:7g.80gb batch 64",
      "neta default mig:7g.80gb batch 64 × 2",
      "netb default mig:1g.10gb batch 1",
      "netb default mig:3g.40gb batch 1",
    ]);
    expect(table.device).toMatchObject({ name: "NVIDIA A100 SXM4 80GB", synthetic: false });
    expect(table.workloads.map(({ name, batches }) => [name, batches])).toEqual([
      ["neta", [1, 64]],
      ["netb", [1]],
    ]);
  });

  test("have the throughput of all processes, and latency with the digits of the throughput", () => {
    const [one, two] = table.measurements.map((row) => (row.outcome.kind === "measured" ? resultsOf(row) : undefined));
    expect(one).toMatchObject({ throughputPerSecond: 160.5, latency: { p50: { value: 1 / 160.5 }, p99: null } });
    expect(two).toMatchObject({ throughputPerSecond: 200.5, powerMeanWatts: null, memoryPeakBytes: null });
    expect(two!.latency.mean).toBeCloseTo(1 / 100.25, 12);
  });

  test("count zeros as infeasible, and say so, and what has no row", () => {
    expect(table.measurements[2]!.outcome).toEqual({
      kind: "infeasible",
      reason: "the table has zeros for it: it did not run",
    });
    expect(table.warnings.map(({ code }) => code)).toEqual(["derived-latency", "zeros", "holes"]);
    expect(table.warnings[2]!.cause).toBe(
      "8 of 15 combinations of batch, partition, processes and power mode have no row, the first: neta batch 1 on mig:7g.80gb, 1 process, in default",
    );
  });

  test("can be saved and loaded, and are no rows of one process on the whole card", () => {
    expect(profile.parse(table)).toEqual(table);
    const out = join(temporaryFolder(), "saved");
    saveProfile(out, table);
    expect(loadProfile(out)).toEqual(table);
    const shares = imported(["s,b,p,x\n100,8,1,100\n100,8,2,60\n"], {
      columns: ["s=share:percent", "b=batch", "p=processes", "x=throughputPerProcess:/s"],
    });
    expect(modeTable(shares).look({ powerMode: "default", workload: "neta", batch: 8 })).toHaveProperty("failed");
  });
});

describe("columns of partitions", () => {
  const columns = ["piece=partition", "t=time:ms", "hi=p99:ms", "m=memory:MiB", "w=power:W", "n=samples"];
  test("take our own texts and bare MIG profiles; percentiles, memory, power and samples are kept", () => {
    const text = "piece,t,hi,m,w,n\nwhole,5,6,1024,300,700\n3g.40gb,7,8,512,150,700\nmps-share:0.4,9,9,512,140,700\n";
    const rows = imported([text], { columns }).measurements;
    expect(rows.map(({ point }) => point.config.partition)).toEqual([
      { kind: "whole" },
      { kind: "mig", profile: "3g.40gb" },
      { kind: "mps-share", share: 0.4 },
    ]);
    expect(resultsOf(rows[0]!)).toMatchObject({
      samples: 700,
      latency: { p50: { value: 0.005 }, p90: null, p99: { value: 0.006 } },
      throughputPerSecond: 200,
      memoryPeakBytes: 2 ** 30,
      powerMeanWatts: 300,
      energyPerRequestJoules: 1.5,
    });
    expect(Object.keys(resultsOf(rows[0]!).nulls)).not.toContain("latency_p99_s");
  });

  test("make a device of their own where it is not on the shelf", () => {
    const table = imported(["s,t\n0.25,8\n0.5,5\n"], { columns: ["s=share:fraction", "t=time:ms"], device: "box" });
    expect(table.device).toMatchObject({ name: "box", kind: "nvidia" });
    expect(table.device.partitionSchemes.map(({ kind }) => kind)).toContain("mps-share");
  });

  test("of 1 compute slice mean the smallest instance of one", () => {
    const of = (device: string) =>
      imported(["g,t\n1,8\n"], { columns: ["g=computeSlices", "t=time:ms"], device }).measurements[0]!.point.config;
    expect(of("a100").partition).toEqual({ kind: "mig", profile: "1g.10gb" });
    expect(of("a100-40gb").partition).toEqual({ kind: "mig", profile: "1g.5gb" });
    expect(of("a30").partition).toEqual({ kind: "mig", profile: "1g.6gb" });
  });

  test("choose rows with where", () => {
    const options = { columns: ["p=partition", "t=time:ms"], where: ["gpu=x"] };
    const text = "gpu,p,t\nx,whole,5\ny,whole,6\n";
    expect(imported([text], options).measurements).toHaveLength(1);
    expect(() => imported([text], { ...options, where: ["gpu=z"] })).toThrow(
      "the table has no row with gpu=z, of 2; correct --where, or leave it out",
    );
    expect(() => imported([text], { ...options, where: ["gpus=x"] })).toThrow(
      'column "gpus" is not in the header; did',
    );
    expect(() => imported([text], { ...options, where: ["x"] })).toThrow("write COLUMN=VALUE");
  });
});

describe("refused with file, line and advice is", () => {
  const head = "Mig instance,Batch size,Workload Number,Throughput,Latency\n1,1,1,160.5,0.006\n";
  test.each([
    [
      "slices that no instance has",
      "5,1,1,100,0.01",
      "line 3: the row is of 5 compute slices, and NVIDIA A100 SXM4 80GB has instances of 1, 2, 3, 4, 7; correct the row",
    ],
    ["half a slice", "1.5,1,1,100,0.01", 'line 3: column "Mig instance" is "1.5", expected a whole number from 1 on'],
    ["no process", "1,1,0,100,0.01", 'line 3: column "Workload Number" is "0", expected a whole number from 1 on'],
    [
      "a negative throughput",
      "1,1,1,-100,0.01",
      'line 3: column "Throughput" is "-100", expected a number of at least 0',
    ],
    ["a negative latency", "1,1,1,100,-0.01", 'line 3: column "Latency" is "-0.01", expected a number of at least 0'],
    ["an empty cell", "1,1,1,,0.01", 'line 3: column "Throughput" is empty'],
    [
      "a throughput of 0 with a latency",
      "1,1,1,0,0.01",
      "line 3: the row has a throughput of 0, but not a time of 0; write 0 in both for what did not run",
    ],
    ["a latency of 0 with a throughput", "1,1,1,100,0", "line 3: the row has a time of 0, but not a throughput of 0"],
    [
      "a latency that contradicts the throughput",
      "1,1,1,100,0.5",
      "line 3: the row says 0.5 s for what its throughput, batch and processes make 0.01 s; check the units of both columns, and whether",
    ],
    ["a copied row", "1,1,1,160.5,0.006", "line 3: the row repeats line 2 in every number; delete one of them"],
  ])("%s", (_, row, words) => {
    const attempt = () => imported([`${head}${row}\n`]);
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(words);
    expect(attempt).toThrow("neta.csv line 3");
  });

  test("the throughput of one process taken for that of all", () => {
    const columns = parvagpu.map((each) => each.replace("throughputPerProcess", "throughput"));
    expect(() => imported([netA], { columns })).toThrow(
      "neta.csv line 3: the row says 0.01 s for what its throughput, batch and processes make 0.01995 s; if the throughput is that of one process, map it as throughputPerProcess",
    );
  });

  test("a percentile below the median", () => {
    expect(() => imported(["t,hi\n5,4\n"], { columns: ["t=time:ms", "hi=p99:ms", "t=partition"] })).toThrow(InputError);
    const columns = ["p=partition", "t=time:ms", "hi=p99:ms"];
    expect(() => imported(["p,t,hi\nwhole,5.0,4.0\n"], { columns })).toThrow(
      "line 2: the row has a p99 of 0.004 s below its median of 0.005 s; correct one of the two",
    );
  });

  test.each([
    [
      "a share of more than the card",
      "s=share:fraction",
      "40",
      "has a share of 40 of the card; check the unit, fraction or percent",
    ],
    ["a partition that is none", "s=partition", "gpu", 'partition "gpu" cannot be read; write whole'],
    [
      "a MIG profile of another card",
      "s=partition",
      "3g.71gb",
      "has a partition that NVIDIA A100 SXM4 80GB cannot have",
    ],
    ["no partition", "s=partition", "", 'column "s" is empty'],
  ])("%s", (_, column, cell, words) => {
    expect(() => imported([`s,t\n${cell},5\n`], { columns: [column, "t=time:ms"] })).toThrow(words);
  });

  test("compute slices of a device that is not on the shelf", () => {
    expect(() => imported([netA], { device: "box" })).toThrow(
      "is of 1 compute slices, and box has no MIG instances; give the card with --device, for example a100",
    );
  });
});

describe("a mapping is refused", () => {
  test.each([
    [
      "with two columns for the piece",
      ["a=computeSlices", "b=share:percent", "t=time:s"],
      'meanings "computeSlices" and "share" are both given to columns',
    ],
    [
      "with the throughput twice",
      ["a=throughput:/s", "b=throughputPerProcess:/s"],
      'meanings "throughput" and "throughputPerProcess" are both',
    ],
    [
      "with a throughput without a unit",
      ["a=throughput"],
      'option --map "a=throughput" states no unit; write one of /s, /ms, /min, /h, as in a=throughput:/s',
    ],
    ["with a share without a unit", ["a=share"], "write one of fraction, percent"],
    ["without time or throughput", ["a=computeSlices"], 'meaning "time" is given to no column'],
  ])("%s", (_, columns, words) => {
    expect(() => imported([netA], { columns })).toThrow(words);
  });
});

test("whatever the unit and the number of processes, throughput counts all processes and agrees with latency", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 64 }),
      fc.double({ min: 0.5, max: 5000, noNaN: true }),
      fc.constantFrom(["/s", 1], ["/min", 60], ["/h", 3600]),
      (processes, batch, rate, [unit, factor]) => {
        const text = `g,b,p,x\n1,${batch},${processes},${rate * Number(factor)}\n`;
        const columns = ["g=computeSlices", "b=batch", "p=processes", `x=throughputPerProcess:${unit}`];
        const results = resultsOf(imported([text], { columns }).measurements[0]!);
        expect(results.throughputPerSecond).toBeCloseTo(rate * processes, 6);
        expect(results.latency.p50!.value).toBeCloseTo(batch / rate, 6);
      },
    ),
    { numRuns: 50 },
  );
});

const folder = fileURLToPath(new URL("../../../../shared/data/parvagpu/prof_data/", import.meta.url));

describe.skipIf(!existsSync(folder))("eleven published networks on an A100 (needs ../shared/data/parvagpu)", () => {
  test("are imported whole: every row, the zeros infeasible, throughput times processes", () => {
    const files = readdirSync(folder).map((name) => join(folder, name));
    const table = importers.table(files, { columns: parvagpu, device: "a100", task: "inference", run: "batch", made });
    const lines = files.flatMap((file) => readFileSync(file, "utf8").trim().split("\n").slice(1));
    expect(table.measurements).toHaveLength(lines.length);
    for (const [i, line] of lines.entries()) {
      const [, batch, processes, throughput, latency] = line.split(",").map(Number);
      const { outcome } = table.measurements[i]!;
      expect(outcome.kind).toBe(throughput === 0 ? "infeasible" : "measured");
      if (outcome.kind !== "measured") continue;
      expect(outcome.results.throughputPerSecond).toBeCloseTo(throughput! * processes!, 9);
      expect(outcome.results.latency.p50!.value).toBeCloseTo(batch! / throughput!, 9);
      // Its README: latency is rounded to 1 ms and differs from batch over throughput by at most 0.51 ms.
      expect(Math.abs(outcome.results.latency.p50!.value - latency!)).toBeLessThanOrEqual(0.00051);
    }
    expect(table.workloads).toHaveLength(11);
  });
});

const miso = fileURLToPath(
  new URL("../../../../shared/data/miso/mig_training_iter_times_a100_40gb.csv", import.meta.url),
);

test.skipIf(!existsSync(miso))(
  "published training times on MIG instances are imported (needs ../shared/data/miso)",
  () => {
    const columns = [
      ...["model=workload", "batch=batch", "gpcs=computeSlices", "n_iters=samples"],
      ...["mean_s=mean:s", "median_s=time:s", "p95_s=p95:s"],
    ];
    const table = importers.table([miso], { columns, device: "a100-40gb", task: "training", run: "batch", made });
    expect(table.measurements).toHaveLength(145);
    const [first] = table.measurements;
    expect(formatConfig(first!.point.config)).toBe("bert default mig:2g.10gb batch 2");
    expect(resultsOf(first!)).toMatchObject({
      samples: 2000,
      latency: { mean: 0.121359, p50: { value: 0.1213 }, p95: { value: 0.1229 } },
    });
  },
);
