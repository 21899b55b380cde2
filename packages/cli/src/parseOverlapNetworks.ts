import { existsSync } from "node:fs";
import { isZooSpec } from "@partitune/profiler";
import { describeInput, InputError, type Made } from "@partitune/schema";

/** Networks by the names that their tasks have in results. */
export interface OverlapNetworkNames {
  readonly high: { readonly model: string; readonly name: string };
  readonly low: readonly { readonly model: string; readonly name: string; readonly priority: number }[];
  readonly inputs: Made["inputs"];
}

/**
 * The networks of a command line. A network that occurs again gets a number behind its name.
 *
 * @param lows  networks with an optional level, as in `zoo:resnet18@64:2`; without one, level 1
 * @throws InputError when a level is out of range
 */
export function parseOverlapNetworks(high: string, lows: readonly string[]): OverlapNetworkNames {
  const low = lows.map(splitLevel);
  const models = [high, ...low.map(({ model }) => model)];
  const names = models.map((model, i) => {
    const before = models.slice(0, i).filter((other) => other === model).length;
    return before === 0 ? model : `${model} (${before + 1})`;
  });
  return {
    high: { model: high, name: names[0]! },
    low: low.map((each, i) => ({ ...each, name: names[i + 1]! })),
    inputs: [...new Set(models)].filter((model) => !isZooSpec(model) && existsSync(model)).map(describeInput),
  };
}

function splitLevel(text: string): { readonly model: string; readonly priority: number } {
  const { model, level } = /^(?<model>.+?)(?::(?<level>\d+))?$/su.exec(text)?.groups ?? {};
  const priority = level === undefined ? 1 : Number(level);
  if (model !== undefined && priority >= 1 && priority <= 9) return { model, priority };
  throw new InputError({
    what: `option --with "${text}"`,
    problem: model === undefined ? "names no network" : "has a level that is none from 1 to 9 (0 is the urgent task's)",
    advice: "write for example --with zoo:resnet18@64:2",
  });
}
