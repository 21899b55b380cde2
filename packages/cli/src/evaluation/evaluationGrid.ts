import type { ModeProblemGrid } from "@partitune/schema";
import { InputError } from "@partitune/schema";
import type { ModeTables } from "@partitune/solver";
import { parseLevels } from "../parseLevels.ts";

/** The options that state a grid of problems. */
export interface GridOptions {
  readonly kinds?: string;
  readonly policy: ModeProblemGrid["policy"];
  readonly budgets?: string;
  readonly latenciesMs?: string;
  readonly loads?: string;
}

const kinds = ["training", "inference", "concurrent", "two-inferences"] as const;
const usualLatenciesMs = "30,50,75,100,150,200,250,300,400,500,600,750,1000,1500";
/** Rates in equal steps of the logarithm, from 1 % to 60 % of what the quickest mode sustains. */
const usualLoads = Array.from({ length: 18 }, (_, i) => 0.01 * 60 ** (i / 17));
const usualBudgets = 41;

/** The grid that the options state over measured tables; what they leave open spans what was measured. */
export function evaluationGrid(options: GridOptions, tables: ModeTables): ModeProblemGrid {
  const [trainings, inferences] = [[...tables.training.keys()], [...tables.inference.keys()]];
  const inMilliseconds = parseLevels("--latencies-ms", options.latenciesMs ?? usualLatenciesMs);
  return {
    trainings,
    inferences,
    kinds: readKinds(options, { trainings, inferences }),
    policy: options.policy,
    budgetsWatts: options.budgets === undefined ? spanned(tables) : parseLevels("--budgets", options.budgets),
    latenciesSeconds: inMilliseconds.map((milliseconds) => milliseconds / 1e3),
    loads: options.loads === undefined ? usualLoads : parseLevels("--loads", options.loads),
  };
}

function readKinds(
  options: GridOptions,
  { trainings, inferences }: Pick<ModeProblemGrid, "trainings" | "inferences">,
): ModeProblemGrid["kinds"] {
  const possible = kinds.filter(
    (kind) =>
      (trainings.length > 0 || (kind !== "training" && kind !== "concurrent")) &&
      (inferences.length > 0 || kind === "training"),
  );
  const wanted = options.kinds?.split(",").map((kind) => kind.trim()) ?? possible;
  const stranger = wanted.find((kind) => !possible.some((name) => name === kind));
  if (stranger === undefined && wanted.length > 0) return possible.filter((kind) => wanted.includes(kind));
  throw new InputError({
    what: `option --kinds "${options.kinds ?? ""}"`,
    problem: `names "${stranger ?? ""}", which the tables do not allow`,
    advice: `choose of ${possible.join(", ")}`,
  });
}

/** Budgets from the least to the highest power measured, in equal steps, whole tenths of a watt. */
function spanned({ training, inference }: ModeTables): readonly number[] {
  const watts = [...training.values(), ...inference.values()].flatMap(({ rows }) => rows.map((row) => row.watts));
  const [least, most] = watts.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [
    Number.POSITIVE_INFINITY,
    0,
  ] as readonly [number, number]);
  const levels = Array.from(
    { length: usualBudgets },
    (_, i) => Math.ceil(10 * (least + ((most - least) * i) / (usualBudgets - 1))) / 10,
  );
  return [...new Set(levels)];
}
