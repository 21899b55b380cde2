import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ImportTableOptions, importers, modeTable } from "@partitune/profiler";
import { InputError, loadProfile, type Measurement, saveProfile } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const made = { tool: "test", at: "2026-01-01T00:00:00.000Z", seed: null, inputs: [] };

/** A made-up table of a Jetson in the units of its tools: kHz, MHz, ms and mW. */
const orin = `model,cores,cpu_khz,gpu_mhz,emc_mhz,t_ms,p_mw,note
net,4,422400,114.75,665.6,120.5,8500,
net,8,729600,318.75,2133,40.25,15250,
net,12,2201600,1300.5,3199,12.5,41000,hot
`;
const columns = [
  "model=workload",
  "cores=cores",
  "cpu_khz=cpuHertz:kHz",
  "gpu_mhz=gpuHertz:MHz",
  "emc_mhz=memoryHertz:MHz",
  "t_ms=time:ms",
  "p_mw=power:mW",
];

let files = 0;
function fileOf(text: string): string {
  files += 1;
  const file = join(temporaryFolder(), `made-up-${files}.csv`);
  writeFileSync(file, text);
  return file;
}

function imported(text: string, options: Partial<ImportTableOptions> = {}) {
  const usual = { columns, device: "board", task: "training", run: "batch", made } as const;
  return importers.table([fileOf(text)], { ...usual, ...options });
}

function numbersOf({ point, outcome }: Measurement) {
  if (outcome.kind !== "measured") throw new Error(outcome.reason);
  return [point.config.powerMode, outcome.results.latency.p50!.value, outcome.results.powerMeanWatts];
}

test("units are converted, modes are named after their settings, and the highest is the default", () => {
  const profile = imported(orin);
  expect(profile.measurements.map(numbersOf)).toEqual([
    ["4c-cpu422.4-gpu114.75-mem665.6", 0.1205, 8.5],
    ["8c-cpu729.6-gpu318.75-mem2133", 0.04025, 15.25],
    ["12c-cpu2201.6-gpu1300.5-mem3199", 0.0125, 41],
  ]);
  expect(profile.device).toMatchObject({ name: "board", kind: "jetson", cores: 12, synthetic: false });
  expect(profile.device.powerModes[0]).toEqual({
    name: "12c-cpu2201.6-gpu1300.5-mem3199",
    cores: 12,
    cpuHertz: 2_201_600_000,
    gpuHertz: 1_300_500_000,
    memoryHertz: 3_199_000_000,
  });
  expect(profile.workloads).toEqual([
    { name: "net", task: "training", engine: { engine: "recorded", source: expect.any(String) }, batches: [1] },
  ]);
  expect(profile.warnings.map(({ code }) => code)).toEqual(["unmapped-columns", "assumed-default"]);
  expect(profile.warnings[0]!.cause).toContain('"note"');
});

test("what was imported can be saved, loaded and looked up", () => {
  const profile = imported(orin);
  const out = join(temporaryFolder(), "saved");
  saveProfile(out, profile);
  expect(loadProfile(out)).toEqual(profile);
  const run = { powerMode: "12c-cpu2201.6-gpu1300.5-mem3199", workload: "net", batch: null };
  expect(modeTable(loadProfile(out)).look(run)).toEqual({ timeSeconds: 0.0125, powerWatts: 41 });
});

test("a device of the shelf gives its memory and its default mode", () => {
  const text = "bs,cap,t,e\n8,100,2,150\n8,300,1,250\n8,200,1.5,180\n";
  const mapping = ["bs=batch", "cap=powerCapWatts:W", "t=time:s", "e=energy:J"];
  const profile = imported(text, { columns: mapping, device: "a40", task: "inference", workload: "net" });
  expect(profile.device).toMatchObject({ name: "NVIDIA A40", kind: "nvidia" });
  expect(profile.device.powerModes.map(({ name }) => name)).toEqual(["300w", "100w", "200w"]);
  expect(profile.measurements.map(numbersOf)).toEqual([
    ["100w", 2, 75],
    ["300w", 1, 250],
    ["200w", 1.5, 120],
  ]);
  expect(profile.warnings).toEqual([]);
  const [first] = profile.measurements;
  if (first!.outcome.kind !== "measured") throw new Error("not measured");
  expect(first!.outcome.results).toMatchObject({ throughputPerSecond: 4, energyPerRequestJoules: 150 / 8 });
});

test("a table without settings has one mode, and one without a name is named after its file", () => {
  const profile = imported("t,p\n1,10\n", { columns: ["t=time:s", "p=power:W"], device: "box" });
  expect(profile.device.powerModes).toEqual([{ name: "default" }]);
  expect(profile.workloads[0]!.name).toMatch(/^made-up-\d+$/);
});

describe("warned of is", () => {
  test("a hole, with the first configuration that has no row", () => {
    const text = "b,cap,t,p\n1,100,2,90\n1,200,1,150\n2,100,3,95\n";
    const profile = imported(text, {
      columns: ["b=batch", "cap=powerCapWatts:W", "t=time:s", "p=power:W"],
      workload: "w",
    });
    const holes = profile.warnings.find(({ code }) => code === "holes");
    expect(holes!.cause).toBe(
      "1 of 4 combinations of minibatch and power mode have no row, the first: w batch 2 in 200w",
    );
    const missing = modeTable(profile).look({ powerMode: "200w", workload: "w", batch: 2 });
    expect(missing).toEqual({ failed: 'the table has no row of "w 200w whole batch 2"' });
  });

  test("a repeat, and one that contradicts the others", () => {
    const columnsOf = ["cap=powerCapWatts:W", "t=time:s", "p=power:W"];
    const mild = imported("cap,t,p\n100,2,90\n100,2.1,91\n", { columns: columnsOf });
    expect(mild.measurements.map(({ point }) => point.round)).toEqual([0, 1]);
    expect(mild.warnings.map(({ code }) => code)).toEqual(["repeats"]);
    const harsh = imported("cap,t,p\n100,2,90\n100,4,91\n", { columns: columnsOf });
    expect(harsh.warnings.map(({ code }) => code)).toEqual(["repeats", "contradictory-repeats"]);
  });

  test("power above the cap, which is kept", () => {
    const columnsOf = ["cap=powerCapWatts:W", "t=time:s", "p=power:W"];
    const profile = imported("cap,t,p\n100,2,121\n125,1,126\n", { columns: columnsOf });
    expect(profile.measurements.map(({ flags }) => flags)).toEqual([["over-cap"], []]);
    expect(profile.warnings.map(({ code }) => code)).toContain("over-cap");
  });
});

describe("refused with file and line is", () => {
  const bad = (t: string, p = "10") => `model,cap,t,p\nnet,100,1,10\nnet,125,${t},${p}\n`;
  const mapping = ["model=workload", "cap=powerCapWatts:W", "t=time:s", "p=power:W"];
  test.each([
    ["an empty time", bad(""), 'line 3: column "t" is empty, expected a number above 0'],
    ["a NaN", bad("NaN"), 'line 3: column "t" is "NaN"'],
    ["an infinite power", bad("1", "Infinity"), 'line 3: column "p" is "Infinity"'],
    ["a time of zero", bad("0"), 'line 3: column "t" is "0"'],
    ["a negative power", bad("1", "-4"), 'line 3: column "p" is "-4"'],
    ["a decimal comma", bad('"1,5"'), 'line 3: column "t" is "1,5"'],
    ["a row that is too short", "model,cap,t,p\nnet,100,1\n", "line 2: the row has 3 fields, expected 4"],
    ["a copied row", "model,cap,t,p\nnet,100,1,10\n\nnet,100,1,10\n", "line 4: the row repeats line 2 in every number"],
    ["a workload without a name", "model,cap,t,p\n,100,1,10\n", 'line 2: column "model" is empty'],
    ["a column that is not there", "model,cap,time,p\nnet,100,1,10\n", 'line 1: column "t" is not in the header'],
    ["a column that is there twice", "model,cap,t,t,p\nnet,100,1,1,10\n", 'line 1: column "t" is there twice'],
    ["a table without rows", "model,cap,t,p\n", "the table has no rows"],
  ])("%s", (_, text, words) => {
    const attempt = () => imported(text, { columns: mapping });
    expect(attempt).toThrow(InputError);
    expect(attempt).toThrow(words);
    expect(attempt).toThrow(/made-up-\d+\.csv/);
  });

  test("half a core", () => {
    expect(() => imported("c,t,p\n2.5,1,10\n", { columns: ["c=cores", "t=time:s", "p=power:W"] })).toThrow(
      'column "c" is "2.5", expected a whole number from 1 on',
    );
  });
});

describe("a mapping is refused", () => {
  test.each([
    ["without a unit", ["t=time", "p=power:W"], 'option --map "t=time" states no unit; write one of s, ms, us, min, h'],
    ["with a unit of something else", ["t=time:MHz", "p=power:W"], 'states the unit "MHz"; write one of s, ms'],
    ["with a unit where there is none", ["c=cores:s"], '"cores" has none: write c=cores'],
    ["with an unknown meaning", ["g=gpuHerz:MHz"], 'did you mean "gpuHertz"?'],
    ["without an equals sign", ["time"], "write COLUMN=MEANING"],
    ["with two columns for the time", ["t=time:s", "u=time:s", "p=power:W"], 'meaning "time" is given to two columns'],
    ["without a time", ["p=power:W"], 'meaning "time" is given to no column'],
    ["without power or energy", ["t=time:s"], "COLUMN=power:W or COLUMN=energy:J"],
  ])("%s", (_, mapping, words) => {
    expect(() => imported(orin, { columns: mapping })).toThrow(words);
  });
});

test("any unit of a time, a power or a clock gives the same profile", () => {
  const scales = fc.record({
    time: fc.constantFrom(["s", 1], ["ms", 1e3], ["us", 1e6]),
    power: fc.constantFrom(["W", 1], ["mW", 1e3]),
    clock: fc.constantFrom(["Hz", 1e6], ["kHz", 1e3], ["MHz", 1]),
  });
  const row = fc.record({
    t: fc.integer({ min: 1, max: 1e6 }),
    p: fc.integer({ min: 1, max: 500 }),
    mhz: fc.integer({ min: 100, max: 3000 }),
  });
  fc.assert(
    fc.property(scales, row, ({ time, power, clock }, { t, p, mhz }) => {
      const text = `t,p,f\n${(t / 1e6) * Number(time[1])},${p * Number(power[1])},${mhz * Number(clock[1])}\n`;
      const mapping = [`t=time:${time[0]}`, `p=power:${power[0]}`, `f=gpuHertz:${clock[0]}`];
      const [name, seconds, watts] = numbersOf(imported(text, { columns: mapping }).measurements[0]!);
      expect(name).toBe(`gpu${mhz}`);
      expect(seconds).toBeCloseTo(t / 1e6, 9);
      expect(watts).toBeCloseTo(p, 9);
    }),
    { numRuns: 30 },
  );
});
