import type { Reading } from "../meters/reading.ts";
import { type Card, type CardFacts, CardLost } from "./card.ts";
import { parseSmiNumber } from "./parseSmiValue.ts";
import { runSmi } from "./runSmi.ts";
import { numberIn } from "./smiCells.ts";
import { factFields, settingFields, smiClocks, smiFacts, smiSettings } from "./smiFacts.ts";
import { smiMig } from "./smiMig.ts";
import { type SmiRow, smiQuery } from "./smiQuery.ts";
import { sampleFields, smiSample } from "./smiSample.ts";
import { lockOption, smiChange, smiRefused } from "./smiSettings.ts";

const mebibyte = 2 ** 20;

/**
 * A card by nvidia-smi: each call starts a process, some tens of milliseconds. It tells neither the energy counter nor the number of multiprocessors.
 *
 * @param known  the fields that this release has
 */
export function smiCard(program: string, uuid: string, known: ReadonlySet<string>): Card {
  const ask = async (fields: readonly string[]): Promise<SmiRow> => {
    const asked = fields.filter((field) => known.has(field));
    return (asked.length === 0 ? [] : await smiQuery(program, "gpu", asked, uuid))[0] ?? new Map();
  };
  const violations = untold("how long clocks were held down");
  return {
    uuid,
    facts: async () => smiFacts(uuid, await ask(factFields), await readClocks(program, uuid)),
    sample: async () => smiSample(await ask(sampleFields)),
    violations: async () => ({ powerSeconds: violations, thermalSeconds: violations }),
    energyJoules: async () => untold("the energy counter"),
    memoryUsedBytes: async () => numberIn(await ask(["memory.used"]), "memory.used", mebibyte),
    settings: async () => smiSettings(await ask(settingFields)),
    processes: async () => {
      const rows = await smiQuery(program, "compute-apps", ["pid", "used_gpu_memory"], uuid);
      return rows.flatMap((row) => {
        const pid = parseSmiNumber(row.get("pid")!).value;
        const memoryBytes = parseSmiNumber(row.get("used_gpu_memory")!, mebibyte).value;
        return pid === null ? [] : [{ pid, kind: "compute" as const, memoryBytes }];
      });
    },
    migInstances: async () => smiMig((await runSmi(program, ["-L"])).text, uuid),
    setPowerLimit: async (watts) => {
      const field = "power.default_limit";
      const limit: Reading = watts === null ? numberIn(await ask([field]), field) : { value: watts };
      if (limit.value === null) throw smiRefused(uuid, "the default power limit", limit.reason, 3);
      await smiChange(program, uuid, `the power limit of ${limit.value} W`, ["-pl", String(limit.value)]);
    },
    lockGpuClock: (hertz) =>
      smiChange(program, uuid, "the lock of the multiprocessors' clock", lockOption("gpu", hertz)),
    lockMemoryClock: (hertz) => smiChange(program, uuid, "the lock of the memory's clock", lockOption("memory", hertz)),
  };
}

function untold(what: string): Reading {
  return { value: null, reason: `nvidia-smi does not tell ${what}` };
}

/** A card without such a list is described without it. */
async function readClocks(program: string, uuid: string): Promise<CardFacts["clocks"]> {
  try {
    return smiClocks(await smiQuery(program, "supported-clocks", ["mem", "gr"], uuid));
  } catch (error) {
    if (error instanceof CardLost) throw error;
    return new Map();
  }
}
