import { z } from "zod";
import type { Config } from "./config.ts";
import { describeFound } from "./describeFound.ts";
import { InputError } from "./inputError.ts";
import { type Interned, intern } from "./intern.ts";
import { parseLoad } from "./load.ts";
import { type MeasurementFlag, measurementFlags } from "./measurement.ts";
import { nearest } from "./nearest.ts";
import { parsePartition } from "./partition.ts";
import { name, positiveCount } from "./units.ts";

/** Names a table may use, when they are listed beside it. */
export interface KnownNames {
  readonly workloads: readonly string[];
  readonly powerModes: readonly string[];
}

/**
 * Parsers of the texts of a table that stand for something. Each distinct text is parsed and checked once.
 *
 * @param known  the names that may occur; any when absent
 */
export function rowTexts(known: KnownNames | undefined) {
  const workload = intern((text) => checkName("workload", text, known?.workloads));
  const powerMode = intern((text) => checkName("power_mode", text, known?.powerModes));
  const partition = intern(parsePartition);
  const configs = new Map<string, Interned<Config>>();
  const config = (
    workloadText: string,
    modeText: string,
    partitionText: string,
    batch: number,
    processes = 1,
  ): Interned<Config> => {
    const [name, mode, piece] = [workload(workloadText), powerMode(modeText), partition(partitionText)];
    const key = `${name.index} ${mode.index} ${piece.index} ${batch} ${processes}`;
    const found = configs.get(key);
    if (found !== undefined) return found;
    const alone = { workload: name.value, powerMode: mode.value, partition: piece.value, batch };
    const value = processes === 1 ? alone : { ...alone, processes };
    const added = { value, index: configs.size };
    configs.set(key, added);
    return added;
  };
  return {
    config,
    neighbours: intern((text) => parseNeighbours(text).map((neighbour) => config(...neighbour).value)),
    load: intern(parseLoad),
    flags: intern(parseFlags),
    nulls: intern(parseNulls),
    environment: intern((text) => text),
  };
}

function checkName(column: string, text: string, known: readonly string[] | undefined): string {
  const what = `column "${column}"`;
  const checked = name.safeParse(text);
  if (!checked.success) {
    const problem = `is ${describeFound(text)}, expected a name of 1 to 200 characters on one line`;
    throw new InputError({ what, problem, advice: "correct it" });
  }
  if (known === undefined || known.includes(text)) return text;
  const near = nearest(text, known);
  throw new InputError({
    what,
    problem: `names ${describeFound(text)}, which profile.json does not list`,
    advice: near === undefined ? "list it there, or remove the row" : `did you mean ${describeFound(near)}?`,
  });
}

const neighbourList = z.array(z.tuple([name, name, z.string(), positiveCount, positiveCount.optional()]));

function parseNeighbours(text: string) {
  if (text === "") return [];
  const parsed = neighbourList.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw badText(
    "neighbours",
    text,
    'a list such as [["bert","default","cpu-share:0.5",4]], with the processes last where there are several',
  );
}

const reasons = z.record(z.string(), z.string());
const noNulls: Readonly<Record<string, string>> = {};

function parseNulls(text: string): Readonly<Record<string, string>> {
  if (text === "") return noNulls;
  const parsed = reasons.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw badText("nulls", text, 'an object such as {"power_mean_w":"no meter"}');
}

function parseFlags(text: string): readonly MeasurementFlag[] {
  if (text === "") return [];
  return text.split(" ").map((flag) => {
    if (Object.hasOwn(measurementFlags, flag)) return flag as MeasurementFlag;
    throw badText("flags", flag, `flags separated by spaces, of ${Object.keys(measurementFlags).join(", ")}`);
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function badText(column: string, text: string, expected: string): InputError {
  return new InputError({
    what: `column "${column}"`,
    problem: `is ${describeFound(text)}, expected ${expected}`,
    advice: "correct it, or leave it empty",
  });
}
