import { boardCost, boardIdle, devices, idleWorkload, orinWork, orinWorkloads } from "@partitune/profiler";
import { powerModesOf } from "@partitune/schema";
import { describe, expect, test } from "vitest";

const mode = (cores: number, cpu: number, gpu: number, memory: number) => ({
  cores,
  cpuHertz: cpu * 1e9,
  gpuHertz: gpu * 1e9,
  memoryHertz: memory * 1e9,
});
const maxn = mode(12, 2.2016, 1.3005, 3.199);

/** Rounded as the published tables of the board are: milliseconds and watts with four decimals. */
function costOf(task: "training" | "inference", name: string, batch: number, at = maxn): readonly [number, number] {
  const { timeSeconds, powerWatts } = boardCost(orinWork(task, name, batch)!, at);
  return [Math.round(timeSeconds * 1e7) / 1e4, Math.round(powerWatts * 1e4) / 1e4];
}

// Source: section 5 of the project's notes on power modes, computed there by another program.
describe("a training's minibatch takes and draws what the tables of the board say:", () => {
  test.each([
    ["resnet18", [50.9022, 48.1892], [89.4982, 20.7895], [549.1425, 8.3979]],
    ["mobilenet", [44.601, 42.7295], [75.8125, 19.8559], [433.3579, 8.4163]],
    ["yolo", [174.2186, 44.8597], [306.1173, 19.7094], [1850.611, 8.2849]],
    ["bert", [681.4837, 45.7459], [1217.4897, 19.6146], [7685.0755, 8.2168]],
    ["lstm", [9.8494, 27.0557], [16.1477, 14.4437], [69.3108, 7.896]],
  ])("%s", (name, fastest, middle, slowest) => {
    expect(costOf("training", name, 16)).toEqual(fastest);
    expect(costOf("training", name, 16, mode(8, 1.344, 0.72675, 2.133))).toEqual(middle);
    expect(costOf("training", name, 16, mode(4, 0.4224, 0.11475, 0.6656))).toEqual(slowest);
  });
});

describe("an inference's minibatch takes and draws what the tables of the board say:", () => {
  test.each([
    ["resnet50", [4.2618, 31.8603], [13.4534, 42.9383], [46.6664, 45.9892]],
    ["mobilenet", [3.4267, 23.3572], [4.793, 35.4166], [14.0691, 39.7515]],
    ["bert", [10.8896, 37.865], [56.0759, 43.8869], [211.3028, 45.1978]],
  ])("%s", (name, one, eight, thirtyTwo) => {
    expect([1, 8, 32].map((batch) => costOf("inference", name, batch))).toEqual([one, eight, thirtyTwo]);
  });

  test("and a stream of full minibatches saturates near 705, 2387 and 156 requests/s, which were told with 2 % of noise", () => {
    const rates = ["resnet50", "mobilenet", "bert"].map((name) => (64 / costOf("inference", name, 64)[0]) * 1000);
    for (const [i, rate] of [705, 2387, 156].entries()) expect(Math.abs(rates[i]! / rate - 1)).toBeLessThan(0.02);
  });
});

test("the idle board draws 7.07 to 15.82 W over its 441 modes", () => {
  const idle = powerModesOf(devices["jetson-orin-agx-441"]).map(({ cores, cpuHertz, gpuHertz, memoryHertz }) =>
    boardIdle({ cores: cores!, cpuHertz: cpuHertz!, gpuHertz: gpuHertz!, memoryHertz: memoryHertz! }),
  );
  expect([Math.min(...idle), Math.max(...idle)].map((watts) => Math.round(watts * 100) / 100)).toEqual([7.07, 15.82]);
});

test("time falls with every knob", () => {
  const work = orinWork("training", "resnet18", 16)!;
  const base = boardCost(work, mode(4, 1.344, 0.72675, 2.133)).timeSeconds;
  const faster = [
    mode(8, 1.344, 0.72675, 2.133),
    mode(4, 1.5, 0.72675, 2.133),
    mode(4, 1.344, 0.8, 2.133),
    mode(4, 1.344, 0.72675, 3.199),
  ];
  for (const each of faster) expect(boardCost(work, each).timeSeconds).toBeLessThan(base);
});

test("what the board has no formula for is told apart", () => {
  expect(orinWork("training", "resnet18", 8)).toBeUndefined();
  expect(orinWork("training", "resnet50", 16)).toBeUndefined();
  expect(orinWork("inference", "bert", 65)).toBeUndefined();
  expect(orinWork("inference", "toString", 1)).toBeUndefined();
});

test("the board lists five trainings, three inferences and itself idle, each under a name of its own", () => {
  expect(orinWorkloads.map(({ task }) => task).sort()).toEqual(
    [...Array(5).fill("training"), ...Array(3).fill("inference"), "idle"].sort(),
  );
  expect(new Set(orinWorkloads.map(({ name }) => name)).size).toBe(9);
  expect(orinWorkloads).toContain(idleWorkload);
});
