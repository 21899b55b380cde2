import type { Reading } from "../meters/reading.ts";
import type { Card, CardSample } from "./card.ts";
import { energyScope } from "./energyScope.ts";
import { getPair, getText, type NvmlDevice } from "./nvmlCalls.ts";
import { readFacts, readMemory, readSettings, readViolations } from "./nvmlFacts.ts";
import { readMigInstances } from "./nvmlMig.ts";
import { readProcesses } from "./nvmlProcesses.ts";
import { nvmlSampler } from "./nvmlSample.ts";
import { lockClock, setPowerLimit } from "./nvmlSettings.ts";

/** A card by NVML that can also be read without waiting, by a process that has nothing else to do. */
export interface NvmlCard extends Card {
  sampleNow(): CardSample;
  energyNow(): Reading;
}

/** A card by NVML. Its calls block until the driver answers. */
export function nvmlCard(device: NvmlDevice, uuid: string): NvmlCard {
  const capability = getPair(device, "capability").value?.join(".") ?? null;
  const sampler = nvmlSampler(device, capability, energyScope(getText(device, "name").value ?? ""));
  let most = 0;
  return {
    uuid,
    sampleNow: () => sampler.sample(),
    energyNow: () => sampler.energy(),
    facts: async () => readFacts(device),
    sample: async () => sampler.sample(),
    violations: async () => readViolations(device),
    energyJoules: async () => {
      const reading = sampler.energy();
      if (reading.value === null) return reading;
      if (reading.value < most)
        return { value: null, reason: `the energy counter fell from ${most} J to ${reading.value} J` };
      most = reading.value;
      return reading;
    },
    memoryUsedBytes: async () => readMemory(device, "used"),
    settings: async () => readSettings(device),
    processes: async () => readProcesses(device),
    migInstances: async () => readMigInstances(device),
    setPowerLimit: async (watts) => setPowerLimit(device, watts),
    lockGpuClock: async (hertz) => lockClock(device, "gpu", hertz),
    lockMemoryClock: async (hertz) => lockClock(device, "memory", hertz),
  };
}
