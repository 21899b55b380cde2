import type { RestoreStep } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PowerSettings } from "../../../packages/profiler/src/executor.ts";
import { openLevels } from "../../../packages/profiler/src/jetson/boardLevels.ts";
import { readLevels } from "../../../packages/profiler/src/jetson/readLevels.ts";
import { type KernelModel, type ModelledKernel, modelledKernel } from "./modelledKernel.ts";

const model: KernelModel = {
  clusters: [4, 4],
  online: 6,
  cpu: [115_200, 729_600, 1_190_400, 1_728_000, 2_201_600],
  gpu: [114_750_000, 420_750_000, 624_750_000, 1_300_500_000],
  memory: true,
};

/** Records steps as a restore file does. */
function recorder() {
  const steps: RestoreStep[] = [];
  return { steps, add: async (step: RestoreStep) => void steps.push(step) };
}

/** Carries steps out latest first and reads each back, as restoring does. */
function putBack(kernel: ModelledKernel, steps: readonly RestoreStep[]): void {
  kernel.dieAfter(Number.POSITIVE_INFINITY);
  for (const step of steps.toReversed()) {
    if (step.kind !== "file") throw new Error(`a step of another kind: ${step.kind}`);
    kernel.write(step.path, step.text);
    expect(kernel.read(step.path)).toBe(step.text);
  }
}

const settings: fc.Arbitrary<PowerSettings> = fc.record(
  {
    cores: fc.integer({ min: 1, max: 8 }),
    cpuHertz: fc.constantFrom(...model.cpu.map((kilohertz) => kilohertz * 1e3)),
    gpuHertz: fc.constantFrom(...model.gpu),
    memoryHertz: fc.constantFrom(665_600_000, 2_133_000_000, 3_199_000_000),
  },
  { requiredKeys: [] },
);

describe("openLevels", () => {
  test("changes nothing but for a moment, though it looks into sleeping clusters", async () => {
    const kernel = modelledKernel({ ...model, online: 4 });
    const before = kernel.state();
    const { steps, add } = recorder();
    await openLevels(kernel, { add });
    expect(kernel.state()).toEqual(before);
    expect(steps.some((step) => step.kind === "file" && step.path.includes("policy4/scaling_max_freq"))).toBe(true);
  });

  test("records every setting before it changes it", async () => {
    const kernel = modelledKernel(model);
    const recorded = new Set<string>();
    const guarded: ModelledKernel = {
      ...kernel,
      write(path, text) {
        // The rate of a free memory clock is nobody's setting: what is put back is the hold.
        expect(recorded).toContain(path.replace(/emc\/rate$/, "emc/mrq_rate_locked"));
        kernel.write(path, text);
      },
    };
    const add = async (step: RestoreStep) => void (step.kind === "file" && recorded.add(step.path));
    const levels = await openLevels(guarded, { add });
    levels.set({ cores: 2, cpuHertz: 1_190_400_000, gpuHertz: 420_750_000, memoryHertz: 665_600_000 });
    levels.set({ cores: 8, cpuHertz: 115_200_000 });
  });
});

describe("set", () => {
  test("pins cores and clocks, and the governor to the upper bound", async () => {
    const kernel = modelledKernel(model);
    const levels = await openLevels(kernel, recorder());
    levels.set({ cores: 4, cpuHertz: 1_190_400_000, gpuHertz: 420_750_000, memoryHertz: 665_600_000 });
    expect(readLevels(kernel)).toEqual({
      cores: 4,
      cpuHertz: 1_190_400_000,
      gpuHertz: 420_750_000,
      memoryHertz: 665_600_000,
    });
    const state = kernel.state();
    expect(state["/sys/devices/system/cpu/cpufreq/policy0/scaling_min_freq"]).toBe("1190400");
    expect(state["/sys/devices/system/cpu/cpufreq/policy0/scaling_governor"]).toBe("performance");
    expect(state["/sys/class/devfreq/17000000.ga10b/min_freq"]).toBe("420750000");
    expect(state["/sys/devices/system/cpu/cpu4/online"]).toBe("0");
  });

  test("from any settings to any others, the kernel refuses nothing and reports what was asked", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(settings, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 8 }),
        async (modes, online) => {
          const kernel = modelledKernel({ ...model, online });
          const before = kernel.state();
          const levels = await openLevels(kernel, recorder());
          for (const mode of modes) {
            levels.set(mode);
            expect(readLevels(kernel)).toMatchObject(mode);
          }
          levels.revert();
          expect(kernel.state()).toEqual(before);
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });

  test("wherever it is broken off, the record puts everything back as it was", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(settings, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 60 }),
        async (modes, online, writes) => {
          const kernel = modelledKernel({ ...model, online });
          const before = kernel.state();
          const { steps, add } = recorder();
          kernel.dieAfter(writes);
          try {
            const levels = await openLevels(kernel, { add });
            for (const mode of modes) levels.set(mode);
          } catch (error) {
            expect(String(error)).toContain("has died");
          }
          putBack(kernel, steps);
          expect(kernel.state()).toEqual(before);
        },
      ),
      { numRuns: 150, seed: 11 },
    );
  });

  test("a memory clock that was held before is held at its rate again", async () => {
    const kernel = modelledKernel(model);
    const emc = "/sys/kernel/debug/bpmp/debug/clk/emc";
    kernel.write(`${emc}/mrq_rate_locked`, "1");
    kernel.write(`${emc}/rate`, "3199000000");
    const before = kernel.state();
    const { steps, add } = recorder();
    const levels = await openLevels(kernel, { add });
    levels.set({ memoryHertz: 665_600_000 });
    expect(readLevels(kernel).memoryHertz).toBe(665_600_000);
    putBack(kernel, steps);
    expect(kernel.state()).toEqual(before);
  });
});

describe("refusal", () => {
  test("says what the board has no file for", async () => {
    const levels = await openLevels(modelledKernel({ ...model, memory: false }), recorder());
    expect(levels.refusal({ cores: 4, cpuHertz: 1_190_400_000 })).toBeUndefined();
    expect(levels.refusal({ memoryHertz: 665_600_000 })).toMatch(/memory's clock.*debugfs/);
    expect(levels.refusal({ cores: 9 })).toBe("the board has 8 cores");
    expect(levels.refusal({ powerCapWatts: 15 })).toMatch(/no file that caps its power/);
  });
});
