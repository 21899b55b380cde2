import { mannKendall } from "@partitune/numerics";
import { syntheticDevice, syntheticExecutor } from "@partitune/profiler";
import type { Config, Partition } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { share, syntheticWorkload } from "../fixtures/syntheticCampaign.ts";

function on(partition: Partition, powerMode = "default", batch = 1): Config {
  return { workload: "a", powerMode, partition, batch };
}

async function services(count: number, seed = "1", config = on(share(0.5))): Promise<readonly number[]> {
  const session = await syntheticExecutor({ seed }).open(syntheticWorkload("a", { noise: 0.1 }), config);
  const times: number[] = [];
  for (let i = 0; i < count; i++) times.push((await session.run(1)).service);
  return times;
}

test("the noise is log-normal around Amdahl's law, without a trend", async () => {
  const executor = syntheticExecutor({ outliers: { probability: 0, factor: 1 } });
  const session = await executor.open(syntheticWorkload("a", { noise: 0.1 }), on(share(0.5)));
  const logs: number[] = [];
  for (let i = 0; i < 4000; i++) logs.push(Math.log((await session.run(2)).service / (0.008 * (0.1 + 0.9 / 0.5))));
  const mean = logs.reduce((sum, value) => sum + value, 0) / logs.length;
  const deviation = Math.sqrt(logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / logs.length);
  expect(mean).toBeCloseTo(0, 2);
  expect(deviation).toBeCloseTo(0.1, 2);
  expect(mannKendall(logs).pValue).toBeGreaterThan(0.01);
});

test("the same seed gives the same times, whatever ran before on other configurations", async () => {
  expect(await services(20)).toEqual(await services(20));
  expect(await services(20, "2")).not.toEqual(await services(20));
  const executor = syntheticExecutor({ seed: "1" });
  const other = await executor.open(syntheticWorkload("a", { noise: 0.1 }), on(share(1)));
  await other.run(1);
  await other.close();
  const session = await executor.open(syntheticWorkload("a", { noise: 0.1 }), on(share(0.5)));
  expect((await session.run(1)).service).toBe((await services(1))[0]);
});

test("outliers come as often, and are as long, as is said", async () => {
  const executor = syntheticExecutor({ outliers: { probability: 0.1, factor: 10 } });
  const session = await executor.open(syntheticWorkload("a", { noise: 1e-6 }), on({ kind: "whole" }));
  let outliers = 0;
  for (let i = 0; i < 2000; i++) outliers += Number((await session.run(1)).service > 0.04);
  expect(outliers / 2000).toBeCloseTo(0.1, 1);
});

test("what is loaded beyond the whole device slows all of it down", async () => {
  const executor = syntheticExecutor();
  const workload = syntheticWorkload("a", { noise: 0, serialFraction: 0 });
  const first = await executor.open(workload, on(share(0.75)));
  expect((await first.run(1)).service).toBeCloseTo(0.005 / 0.75, 12);
  const second = await executor.open(workload, on(share(0.75)));
  expect((await first.run(1)).service).toBeCloseTo((0.005 / 0.75) * 1.5, 12);
  await second.close();
  expect((await first.run(1)).service).toBeCloseTo(0.005 / 0.75, 12);
});

test("a slower power mode takes longer, and less energy per second", async () => {
  const powerModes = [
    { name: "default", cpuHertz: 2e9 },
    { name: "slow", cpuHertz: 1e9 },
  ];
  const executor = syntheticExecutor({ device: { ...syntheticDevice, powerModes } });
  const used = async (powerMode: string) => {
    const session = await executor.open(syntheticWorkload("a", { noise: 0 }), on({ kind: "whole" }, powerMode));
    const before = (await session.usage()).energyJoules!;
    const { service } = await session.run(1);
    const power = ((await session.usage()).energyJoules! - before) / service;
    await session.close();
    return { service, power };
  };
  expect(await used("default")).toEqual({ service: 0.005, power: expect.closeTo(60, 6) });
  expect(await used("slow")).toEqual({ service: 0.01, power: expect.closeTo(10 + 50 / 8, 6) });
});

describe("memory", () => {
  test("of weights and batch must fit", async () => {
    const workload = syntheticWorkload("a", { memoryBytes: 4 * 2 ** 30 });
    const session = await syntheticExecutor().open(workload, on({ kind: "whole" }));
    await session.run(20);
    expect((await session.usage()).memoryPeakBytes).toBe(8 * 2 ** 30);
    await expect(session.run(21)).rejects.toMatchObject({ code: "out-of-memory" });
  });

  test("is shared by all that is open", async () => {
    const executor = syntheticExecutor();
    const workload = syntheticWorkload("a", { memoryBytes: 5 * 2 ** 30 });
    const session = await executor.open(workload, on({ kind: "whole" }));
    await expect(executor.open(workload, on({ kind: "whole" }))).rejects.toMatchObject({ code: "out-of-memory" });
    await session.close();
    await executor.open(workload, on({ kind: "whole" }));
  });
});

test("a formula that takes no time is refused", async () => {
  const workload = syntheticWorkload("a", { fixedSeconds: 0, perItemSeconds: 0 });
  await expect(syntheticExecutor().open(workload, on({ kind: "whole" }))).rejects.toThrow(/takes no time/);
});
