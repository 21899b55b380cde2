import { type EnergyMeter, openEnergyMeter } from "../meters/openEnergyMeter.ts";
import { readBusyCpu } from "../meters/readBusyCpu.ts";
import type { Reading } from "../meters/reading.ts";
import { readThrottleEvents } from "../meters/readThrottleEvents.ts";
import type { CpuSession } from "./cpuSession.ts";

/** Meters of the whole processor, shared by all its sessions. */
export interface CpuMeters {
  readonly energy: () => Promise<Reading>;
  readonly throttleEvents: () => Promise<Reading>;
  /** Processor time spent on anything but this process and the running sessions. */
  readonly otherCpu: () => Promise<Reading>;
  /** The sessions that are running. */
  readonly sessions: Set<CpuSession>;
}

/**
 * Opens what this processor can tell of itself.
 *
 * @param root  where /proc and /sys are found
 */
export async function openCpuMeters(root: string): Promise<CpuMeters> {
  const energy = await openEnergyMeter(root);
  const sessions = new Set<CpuSession>();
  return {
    sessions,
    energy: () => ("read" in energy ? (energy as EnergyMeter).read() : Promise.resolve({ value: null, ...energy })),
    throttleEvents: () => readThrottleEvents(root),
    otherCpu: () => readOtherCpu(root, sessions),
  };
}

async function readOtherCpu(root: string, sessions: ReadonlySet<CpuSession>): Promise<Reading> {
  const busy = await readBusyCpu(root);
  if (busy.value === null) return busy;
  const { user, system } = process.cpuUsage();
  let own = (user + system) / 1e6;
  for (const session of sessions) {
    const used = await session.groupCpuSeconds();
    if (used.value === null) return used;
    own += used.value;
  }
  return { value: busy.value - own };
}
