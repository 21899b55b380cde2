import { type Executor, syntheticExecutor } from "@partitune/profiler";
import { expect, test } from "vitest";
import { calibrate } from "../../packages/profiler/src/calibrate.ts";

test("a virtual device costs nothing, and its clock shows no step", async () => {
  expect(await calibrate(syntheticExecutor(), 0.99)).toEqual({
    clock: "virtual",
    stepSeconds: null,
    readingSeconds: 0,
    overheadSeconds: { value: 0, low: 0, high: 0 },
  });
});

test("the cost of the path is the median time of a batch that does nothing, with its interval", async () => {
  const inner = syntheticExecutor();
  let run = 0;
  let closed = 0;
  const executor: Executor = {
    ...inner,
    async openNull() {
      const session = await inner.openNull();
      return {
        ...session,
        async run(batch) {
          run += 1;
          await inner.clock.sleep(run === 30 ? 1 : 0.001 * (run % 3));
          return session.run(batch);
        },
        async close() {
          closed += 1;
        },
      };
    },
  };
  const { overheadSeconds } = await calibrate(executor, 0.99);
  expect(overheadSeconds.value).toBeCloseTo(0.001, 9);
  expect(overheadSeconds.low!).toBeLessThanOrEqual(overheadSeconds.value);
  expect(overheadSeconds.high!).toBeCloseTo(0.002, 9);
  expect(closed).toBe(1);
});
