import { describe, expect, test } from "vitest";
import { exactCost, grid441, grid4368, type TrainingName, training } from "../fixtures/boards.ts";

/** Milliseconds and watts at (12, 2.2016, 1.3005, 3.199), (8, 1.344, 0.72675, 2.133) and (4, 0.4224, 0.11475, 0.6656) GHz. */
const golden: Readonly<Record<TrainingName, readonly (readonly [number, number])[]>> = {
  resnet18: [
    [50.9022, 48.1892],
    [89.4982, 20.7895],
    [549.1425, 8.3979],
  ],
  mobilenet: [
    [44.601, 42.7295],
    [75.8125, 19.8559],
    [433.3579, 8.4163],
  ],
  yolo: [
    [174.2186, 44.8597],
    [306.1173, 19.7094],
    [1850.611, 8.2849],
  ],
  bert: [
    [681.4837, 45.7459],
    [1217.4897, 19.6146],
    [7685.0755, 8.2168],
  ],
  lstm: [
    [9.8494, 27.0557],
    [16.1477, 14.4437],
    [69.3108, 7.896],
  ],
};
const modes = [
  [12, 2.2016e9, 1.3005e9, 3.199e9],
  [8, 1.344e9, 0.72675e9, 2.133e9],
  [4, 0.4224e9, 0.11475e9, 0.6656e9],
];

describe("the synthetic boards", () => {
  test.each(Object.keys(golden) as TrainingName[])("board A trains %s as its reference says", (name) => {
    for (const [i, mode] of modes.entries()) {
      const { timeSeconds, powerWatts } = exactCost("A", training[name], mode);
      expect(1000 * timeSeconds).toBeCloseTo(golden[name][i]![0], 3);
      expect(powerWatts).toBeCloseTo(golden[name][i]![1], 3);
    }
  });

  test.each([
    ["resnet18", 20, [8, 1.0368e9, 0.72675e9, 2.133e9], 91.096, 19.982],
    ["lstm", 12, [4, 1.6512e9, 0.52275e9, 0.6656e9], 19.74, 11.718],
  ] as const)("the fastest mode of board A for %s within %d W is the known one", (name, budget, mode, time, power) => {
    const costs = grid441.modes.map((row) => ({ row, ...exactCost("A", training[name], row) }));
    const feasible = costs.filter(({ powerWatts }) => powerWatts <= budget);
    const best = feasible.reduce((least, cost) => (cost.timeSeconds < least.timeSeconds ? cost : least));
    expect(best.row.map((value) => Math.round(value))).toEqual(mode.map((value) => Math.round(value)));
    expect(1000 * best.timeSeconds).toBeCloseTo(time, 3);
    expect(best.powerWatts).toBeCloseTo(power, 3);
  });

  test("the grids have 441 and 4,368 modes", () => {
    expect(grid441.modes).toHaveLength(441);
    expect(grid4368.modes).toHaveLength(4368);
  });
});
