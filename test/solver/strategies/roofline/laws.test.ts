import { seededRandom } from "@partitune/numerics";
import { describe, expect, test } from "vitest";
import { type ClockMode, toClockModes } from "../../../../packages/solver/src/strategies/roofline/clockMode.ts";
import { fitPowerLaw, powerTerms } from "../../../../packages/solver/src/strategies/roofline/powerLaw.ts";
import { fitTimeLaw } from "../../../../packages/solver/src/strategies/roofline/timeLaw.ts";
import { exactCost, grid441, training } from "../../fixtures/boards.ts";

const modes = toClockModes(grid441);
const chosen = seededRandom("laws")
  .shuffle([...modes.keys()])
  .slice(0, 40);

describe("modes as clocks", () => {
  test("are relative to the highest of the grid, whatever the unit", () => {
    expect(modes.at(-1)).toEqual({ gpu: 1, memory: 1, cpu: 1, cores: 1, loaders: 4 });
    const [slowest] = modes;
    expect(slowest!.gpu).toBeCloseTo(114.75 / 1300.5, 12);
    expect(slowest!.loaders).toBeCloseTo(3.2, 12);
  });

  test("count what the grid lacks as constant", () => {
    const dimensions = [{ name: "GPU clock", kind: "mono", quantity: "gpu-clock" }] as const;
    expect(toClockModes({ dimensions, modes: [[1e9], [2e9]], names: ["1", "2"] })).toEqual([
      { gpu: 0.5, memory: 1, cpu: 1, cores: 1, loaders: 4 },
      { gpu: 1, memory: 1, cpu: 1, cores: 1, loaders: 4 },
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
    const terms = Float64Array.of(1, 1, 1, 1, 1, 1, 1);
    const power = fitPowerLaw(Array.from({ length: 100 }, () => ({ terms, power: 40 })));
    expect(power.at(terms)).toBeCloseTo(40, 6);
    expect(Math.sqrt(power.varianceAt(terms)) / 40).toBeLessThan(0.003);
  });

  test("has no negative coefficient", () => {
    const unit = (k: number) => Float64Array.from({ length: 7 }, (_, i) => (i === 0 || i === k ? 1 : 0));
    const samples = [1, 2, 3].map((k) => ({ terms: unit(k), power: k === 1 ? 5 : 40 }));
    const power = fitPowerLaw([...samples, ...samples, ...samples]);
    const base = power.at(Float64Array.of(1, 0, 0, 0, 0, 0, 0));
    for (let k = 1; k < 7; k++) expect(power.at(unit(k))).toBeGreaterThanOrEqual(base);
  });
});
