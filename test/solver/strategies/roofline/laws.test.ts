import { seededRandom } from "@partitune/numerics";
import { describe, expect, test } from "vitest";
import {
  type ClockMode,
  toClockModes,
  withBatches,
} from "../../../../packages/solver/src/strategies/roofline/clockMode.ts";
import { fitPowerLaw, powerTerms } from "../../../../packages/solver/src/strategies/roofline/powerLaw.ts";
import { fitTimeLaw } from "../../../../packages/solver/src/strategies/roofline/timeLaw.ts";
import { exactCost, grid441, training } from "../../fixtures/boards.ts";

const modes = toClockModes(grid441);
const chosen = seededRandom("laws")
  .shuffle([...modes.keys()])
  .slice(0, 40);

describe("modes as clocks", () => {
  test("are relative to the highest of the grid, whatever the unit", () => {
    expect(modes.at(-1)).toEqual({ gpu: 1, memory: 1, cpu: 1, cores: 1, loaders: 4, batch: 1, fill: 0 });
    const [slowest] = modes;
    expect(slowest!.gpu).toBeCloseTo(114.75 / 1300.5, 12);
    expect(slowest!.loaders).toBeCloseTo(3.2, 12);
  });

  test("count what the grid lacks as constant", () => {
    const dimensions = [{ name: "GPU clock", kind: "mono", quantity: "gpu-clock" }] as const;
    expect(toClockModes({ dimensions, modes: [[1e9], [2e9]], names: ["1", "2"] })).toEqual([
      { gpu: 0.5, memory: 1, cpu: 1, cores: 1, loaders: 4, batch: 1, fill: 0 },
      { gpu: 1, memory: 1, cpu: 1, cores: 1, loaders: 4, batch: 1, fill: 0 },
    ]);
  });

  test.each([
    ["a cap", [{ name: "cap", kind: "mono", quantity: "power-cap" }], /^the dimension "cap" is neither a clock nor /],
    [
      "anything unknown",
      [{ name: "x", kind: "mono" }],
      /^the dimension "x" is neither a clock nor a number of cores; /,
    ],
    ["no GPU clock", [{ name: "cores", kind: "mono", quantity: "cores" }], /^the grid of modes has no GPU clock; /],
  ] as const)("refuse %s", (_, dimensions, message) => {
    expect(() => toClockModes({ dimensions, modes: [[100], [200]], names: ["100", "200"] })).toThrow(message);
  });
});

/** The law itself, with known parameters. */
function lawTime({ gpu, memory, cpu, loaders }: ClockMode): number {
  const parts = [0.05 / gpu ** 0.95, 0.03 / memory, 0.01 / cpu, 0.08 / (cpu * loaders)];
  return Math.sqrt(Math.sqrt(parts.reduce((sum, part) => sum + part ** 4, 0))) + 0.001;
}

describe("the law of time", () => {
  const samples = chosen.map((index) => ({ mode: modes[index]!, time: lawTime(modes[index]!) }));

  test("finds a law of its own form, and the degree of overlap behind it", () => {
    const law = fitTimeLaw(samples, 4);
    for (const mode of modes) expect(Math.abs(Math.log(law.at(mode).time / lawTime(mode)))).toBeLessThan(0.03);
    for (const other of [1, 2, 8]) expect(fitTimeLaw(samples, other).misfit).toBeGreaterThan(law.misfit + 1);
  });

  test("knows more with more measurements", () => {
    const few = fitTimeLaw(samples.slice(0, 3), 4);
    const many = fitTimeLaw(samples, 4);
    for (const mode of modes.filter((_, i) => i % 20 === 0)) {
      expect(many.varianceAt(many.at(mode))).toBeLessThan(few.varianceAt(few.at(mode)));
    }
  });

  test("scales with the unit of time", () => {
    const law = fitTimeLaw(samples, 4);
    const inMilliseconds = fitTimeLaw(
      samples.map(({ mode, time }) => ({ mode, time: 1000 * time })),
      4,
    );
    expect(inMilliseconds.at(modes[7]!).time / 1000).toBeCloseTo(law.at(modes[7]!).time, 9);
    expect(inMilliseconds.misfit).toBeCloseTo(law.misfit, 6);
  });

  test("has sensitivities that sum, over the constants, to 1: twice all constants is twice the time", () => {
    const { sensitivities } = fitTimeLaw(samples, 2).at(modes[100]!);
    expect(sensitivities.slice(0, 5).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
  });
});

/** The law of inference, with known parameters: GPU work costs what two requests would beyond its own. */
function servedTime({ gpu, memory, cpu, loaders, batch }: ClockMode): number {
  const parts = [
    (0.004 * (batch + 2)) / gpu,
    (0.003 * (batch + 0.7)) / memory,
    0.006 / cpu,
    (0.002 * batch) / (cpu * loaders),
  ];
  return Math.sqrt(Math.sqrt(parts.reduce((sum, part) => sum + part ** 4, 0))) + 0.001;
}

describe("the law of time of inference", () => {
  const pairs = withBatches(modes, [1, 4, 16, 64]);
  const samples = seededRandom("pairs")
    .shuffle([...pairs])
    .slice(0, 40)
    .map((mode) => ({ mode, time: servedTime(mode) }));

  test("lists every minibatch of a mode before the next mode", () => {
    expect(pairs.slice(0, 5).map(({ batch }) => batch)).toEqual([1, 4, 16, 64, 1]);
    expect(pairs[2]).toEqual({ ...modes[0], batch: 16, fill: 16 / 18 });
  });

  test("finds how time grows with the minibatch", () => {
    const law = fitTimeLaw(samples, 4);
    const errors = pairs.map((mode) => Math.abs(Math.log(law.at(mode).time / servedTime(mode))));
    expect(Math.max(...errors)).toBeLessThan(0.1);
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.02);
  });

  test("knows more of large minibatches once it was shown one", () => {
    const small = samples.filter(({ mode }) => mode.batch <= 4);
    const large = samples.find(({ mode }) => mode.batch === 64)!;
    const before = fitTimeLaw(small, 4);
    const after = fitTimeLaw([...small, large], 4);
    const mode = pairs.at(-1)!;
    expect(after.varianceAt(after.at(mode))).toBeLessThan(0.8 * before.varianceAt(before.at(mode)));
  });
});

describe("the law of power", () => {
  test("follows a synthetic board within a few percent from 40 modes", () => {
    const cost = (index: number) => exactCost("A", training.yolo, grid441.modes[index]!);
    const law = fitTimeLaw(
      chosen.map((index) => ({ mode: modes[index]!, time: cost(index).timeSeconds })),
      4,
    );
    const termsOf = (index: number) => powerTerms(modes[index]!, law.at(modes[index]!));
    const power = fitPowerLaw(chosen.map((index) => ({ terms: termsOf(index), power: cost(index).powerWatts })));
    const errors = modes.map((_, index) => Math.abs(Math.log(power.at(termsOf(index)) / cost(index).powerWatts)));
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(0.05);
  });

  test("is certain of what it was shown a hundred times", () => {
    const terms = new Float64Array(8).fill(1);
    const power = fitPowerLaw(Array.from({ length: 100 }, () => ({ terms, power: 40 })));
    expect(power.at(terms)).toBeCloseTo(40, 6);
    expect(Math.sqrt(power.varianceAt(terms)) / 40).toBeLessThan(0.003);
  });

  test("has no negative coefficient", () => {
    const unit = (k: number) => Float64Array.from({ length: 8 }, (_, i) => (i === 0 || i === k ? 1 : 0));
    const samples = [1, 2, 3].map((k) => ({ terms: unit(k), power: k === 1 ? 5 : 40 }));
    const power = fitPowerLaw([...samples, ...samples, ...samples]);
    const base = power.at(unit(0));
    for (let k = 1; k < 8; k++) expect(power.at(unit(k))).toBeGreaterThanOrEqual(base);
  });
});
