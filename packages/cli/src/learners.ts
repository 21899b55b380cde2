import { seededRandom } from "@partitune/numerics";
import { InputError, type ModeProblem } from "@partitune/schema";
import {
  type Learn,
  type LearnedRow,
  type ModeGrid,
  type ModeTables,
  readGridRow,
  type StrategyName,
  workloadsOf,
} from "@partitune/solver";
import {
  improvedNetwork,
  logRatioLearner,
  lookupCosts,
  neuralLearner,
  openTensorBackend,
  publishedNetwork,
  trainReference,
  transferLearner,
} from "@partitune/surrogate";

/** Models that strategies without one of their own can learn with. */
export const learnerNames = ["neural", "neural-published", "log-ratio", "neural-transfer"] as const;
export type LearnerName = (typeof learnerNames)[number];

/** Strategies that bring no model of their own. */
export const learningStrategies: readonly StrategyName[] = ["nn-k", "transfer"];

/** Makes a model for the modes of a problem. */
export type MakeLearner = (grid: ModeGrid, problem: ModeProblem) => Learn;

/** What a learner that starts from another workload needs. */
export interface LearnerReference {
  /** Measured on the same device, in all its modes. */
  readonly tables: ModeTables;
  /** A training, an inference, or one of each. */
  readonly workloads: readonly string[];
}

/** A learner that is loaded, for whatever it may have to start from. */
export type OpenLearner = (reference: LearnerReference | null) => MakeLearner;

/** Opens a learner; TensorFlow.js is loaded only for those that need it. */
export async function openLearner(name: LearnerName): Promise<OpenLearner> {
  if (name === "neural" || name === "neural-published") {
    const learn = neuralLearner(await openTensorBackend(), name === "neural" ? improvedNetwork : publishedNetwork);
    return () => () => learn;
  }
  if (name === "log-ratio")
    return (reference) => fromReference(name, reference, (rows) => logRatioLearner(lookupCosts(rows)));
  const backend = await openTensorBackend();
  const random = seededRandom("reference");
  const transferred = (rows: readonly LearnedRow[]) =>
    transferLearner(backend, trainReference(backend, rows, random.fork("networks")));
  return (reference) => fromReference(name, reference, transferred);
}

/** Problems that share a grid share the models of the reference. */
function fromReference(
  name: LearnerName,
  reference: LearnerReference | null,
  learnerFrom: (rows: readonly LearnedRow[]) => Learn,
): MakeLearner {
  if (reference === null || reference.workloads.length === 0) {
    throw new InputError({
      what: `learner "${name}"`,
      problem: "starts from another workload, and none is named",
      advice: "name one or two measured workloads with --reference",
    });
  }
  const made = new WeakMap<ModeGrid, Learn>();
  return (grid, problem) => {
    const learn = made.get(grid) ?? byWidth(reference, grid, problem, learnerFrom);
    made.set(grid, learn);
    return learn;
  };
}

/** Trainings are learnt by the settings of a mode, inferences by those and the batch: the reference of that width is the one to start from. */
function byWidth(
  reference: LearnerReference,
  grid: ModeGrid,
  problem: ModeProblem,
  learnerFrom: (rows: readonly LearnedRow[]) => Learn,
): Learn {
  const learners = new Map<number, Learn>();
  const { training, served } = workloadsOf(problem);
  const own = [training, ...served.map(({ workload }) => workload)];
  const others = reference.workloads.filter((workload) => !own.includes(workload));
  const references = others.map((workload) => referenceRows(workload, reference.tables, grid));
  return (rows, random) => {
    const width = rows[0]!.x.length;
    const known = references.find(([row]) => row?.x.length === width);
    if (known === undefined) {
      throw new InputError({
        what: "the reference workloads",
        problem: `have none, other than what is searched for, that is described by ${width} numbers as one of the problem's workloads is`,
        advice: "name another measured training for a training, and another measured inference for an inference",
      });
    }
    const learn = learners.get(width) ?? learnerFrom(known);
    learners.set(width, learn);
    return learn(rows, random);
  };
}

function referenceRows(workload: string, tables: ModeTables, grid: ModeGrid): readonly LearnedRow[] {
  const table = tables.training.get(workload) ?? tables.inference.get(workload);
  if (table === undefined) {
    throw new InputError({
      what: `reference workload "${workload}"`,
      problem: "was not measured",
      advice: `choose one of ${[...tables.training.keys(), ...tables.inference.keys()].join(", ")}`,
    });
  }
  const settings = new Map(grid.modes.map((mode, i) => [readGridRow(grid, i).powerMode, mode]));
  const isServed = tables.inference.has(workload);
  return table.rows.flatMap(({ mode, batch, seconds, watts }) => {
    const x = settings.get(mode);
    return x === undefined ? [] : [{ x: isServed ? [...x, batch] : x, timeSeconds: seconds, powerWatts: watts }];
  });
}
