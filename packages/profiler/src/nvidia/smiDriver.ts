import type { CardDriver } from "./card.ts";
import { nvmlAdvice } from "./nvmlErrors.ts";
import { firstLine, runSmi } from "./runSmi.ts";
import { smiCard } from "./smiCard.ts";
import { smiFields, smiQuery } from "./smiQuery.ts";

/** Where it is when it is not in the PATH. */
const programs = [
  "nvidia-smi",
  "/usr/lib/wsl/lib/nvidia-smi",
  "/usr/bin/nvidia-smi",
  "/usr/local/nvidia/bin/nvidia-smi",
];

/** Why nvidia-smi cannot be used. */
export interface NoSmi {
  readonly reason: string;
}

/**
 * Finds the cards by nvidia-smi.
 *
 * @param program  its name or path; by default the usual places
 */
export async function openSmi(program?: string): Promise<CardDriver | NoSmi> {
  let reason = "";
  for (const each of program === undefined ? programs : [program]) {
    try {
      return await open(each);
    } catch (error) {
      const said = (error as Error).message;
      if (reason === "" || !/was not found$/.test(said)) reason = said;
      if (!/was not found$/.test(said)) break;
    }
  }
  return { reason };
}

async function open(program: string): Promise<CardDriver> {
  const { code, text } = await runSmi(program, ["-L"]);
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${firstLine(text)} (${nvmlAdvice(code)})`);
  const known = await smiFields(program);
  const rows = await smiQuery(program, "gpu", ["uuid", "driver_version"]);
  return {
    name: "nvidia-smi",
    versions: await versionsOf(program, rows[0]?.get("driver_version")),
    passedOver: [],
    unusable: [],
    cards: async () => rows.map((row) => smiCard(program, row.get("uuid")!, known)),
    close: async () => {},
  };
}

async function versionsOf(program: string, driver: string | undefined): Promise<Readonly<Record<string, string>>> {
  const { text } = await runSmi(program, ["-q"]);
  const cuda = /^CUDA Version\s*:\s*(\d+\.\d+)\s*$/m.exec(text)?.[1];
  return {
    ...(driver === undefined ? {} : { driver }),
    ...(cuda === undefined ? {} : { cuda }),
  };
}
