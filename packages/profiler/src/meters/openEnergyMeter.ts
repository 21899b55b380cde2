import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Joules } from "@partitune/schema";
import { type Reading, tryReading } from "./reading.ts";

/** Energy used by the processor packages since the meter was opened. */
export interface EnergyMeter {
  /** Names of the packages it adds up. */
  readonly domains: readonly string[];
  /**
   * Joules since opening. Must be asked for at least once in each wrap-around of the counter, which takes about a minute for
   * 32-bit counters at a kilowatt and longer below.
   */
  read(): Promise<Reading>;
}

interface Domain {
  readonly name: string;
  readonly energyFile: string;
  readonly range: Joules;
}

/**
 * Opens the RAPL counters of all processor packages (Linux powercap; also AMD's, under the same name). Core, uncore and memory
 * domains are parts of a package or beside it and are left out, so that nothing counts twice.
 *
 * @param root  where /sys is found
 * @returns the meter, or the reason why there is none
 */
export async function openEnergyMeter(root = "/"): Promise<EnergyMeter | { readonly reason: string }> {
  const folder = join(root, "sys/class/powercap");
  const names = await readdir(folder).catch(() => []);
  const zones = await Promise.all(
    names.filter((name) => /^intel-rapl:\d+$/.test(name)).map((name) => openDomain(join(folder, name))),
  );
  const domains = zones.filter((zone) => zone !== undefined);
  if (domains.length === 0)
    return { reason: `${folder} has no package domain: this processor, or this virtual machine, shows no energy` };
  const last = await Promise.all(domains.map(readEnergy));
  const unreadable = last.find((reading) => reading.value === null);
  if (unreadable?.reason !== undefined) return { reason: unreadable.reason };
  return meterOf(
    domains,
    last.map((reading) => reading.value ?? 0),
  );
}

function meterOf(domains: readonly Domain[], first: readonly Joules[]): EnergyMeter {
  let last = first;
  let total = 0;
  return {
    domains: domains.map(({ name }) => name),
    async read() {
      const readings = await Promise.all(domains.map(readEnergy));
      const values: number[] = [];
      for (const reading of readings) {
        if (reading.value === null) return reading;
        values.push(reading.value);
      }
      total += domains.reduce((sum, { range }, i) => sum + increase(last[i]!, values[i]!, range), 0);
      last = values;
      return { value: total };
    },
  };
}

/** The counter starts again at 0 after its range. */
function increase(before: Joules, after: Joules, range: Joules): Joules {
  return after >= before ? after - before : after + range - before;
}

async function openDomain(folder: string): Promise<Domain | undefined> {
  const name = (await readFile(join(folder, "name"), "utf8").catch(() => "")).trim();
  if (!name.startsWith("package")) return undefined;
  const range = Number(await readFile(join(folder, "max_energy_range_uj"), "utf8").catch(() => "NaN")) / 1e6;
  return Number.isFinite(range) ? { name, energyFile: join(folder, "energy_uj"), range } : undefined;
}

function readEnergy(domain: Domain): Promise<Reading> {
  return tryReading(domain.energyFile, async () => Number(await readFile(domain.energyFile, "utf8")) / 1e6);
}
