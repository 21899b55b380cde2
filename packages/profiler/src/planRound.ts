import { type Random, seededRandom } from "@partitune/numerics";
import { type Config, type Device, type MeasurementPoint, oneInFlight } from "@partitune/schema";
import { type IdentifiedWorkload, measurementId, type Role } from "./identity.ts";
import { expandSpace, type Setting, type Space, settingKey, stagesOf } from "./space.ts";

/** One measurement to make. */
export interface Step {
  readonly id: string;
  readonly point: MeasurementPoint;
  readonly role: Role;
}

/** Measurements that share a running worker: same workload, partition, power mode, company and load. */
export type Block = readonly Step[];

/** What the order of a round depends on. */
export interface RoundContext {
  readonly device: Device;
  readonly space: Space;
  readonly workloads: ReadonlyMap<string, IdentifiedWorkload>;
  readonly seed: string;
  /** Ids that need not be measured any more. */
  readonly isDone: (id: string) => boolean;
}

/**
 * The measurements of a round that are still to be made, in their order.
 *
 * The stages of the space come one after the other. Power modes are slow to change and form the outer blocks; within one, the workers form blocks, since a large network takes
 * seconds to load; inside a block the batches. Each level is shuffled afresh in every round, by the seed alone, so that a resumed round
 * goes on in its order. The baselines of all workloads that have something to measure open and close the round. When a finished
 * round is opened again, because the space has grown, it gets baselines of its own.
 */
export function planRound(round: number, context: RoundContext): readonly Block[] {
  const random = seededRandom(context.seed).fork(round);
  const pending = orderedBlocks(round, context, random)
    .map((block) => block.filter((step) => !context.isDone(step.id)))
    .filter((block) => block.length > 0);
  const busy = new Set(pending.flat().map((step) => step.point.config.workload));
  const opening = baselines("opening", round, context, busy);
  const closing = baselines("closing", round, context, busy);
  return [...random.fork("opening").shuffle(opening), ...pending, ...random.fork("closing").shuffle(closing)];
}

/** The measurements of all rounds that are still to be made. */
export function planRounds(rounds: number, context: RoundContext): readonly Step[] {
  return Array.from({ length: rounds }, (_, round) => planRound(round, context)).flat(2);
}

/** The configuration that others are compared with: the whole device as it comes, and the smallest batch. */
export function baselineConfig({ workload }: IdentifiedWorkload, device: Device): Config {
  return {
    workload: workload.name,
    powerMode: device.powerModes[0]!.name,
    partition: device.defaultPartition,
    batch: Math.min(...workload.batches),
  };
}

function orderedBlocks(round: number, context: RoundContext, random: Random): readonly Block[] {
  const seen = new Set<string>();
  return stagesOf(context.space).flatMap((stage, i) => {
    const settings = expandSpace(stage, context.device).filter((setting) => !seen.has(keyOf(setting)));
    for (const setting of settings) seen.add(keyOf(setting));
    return shuffledBlocks(settings, round, context, i === 0 ? random : random.fork(`stage ${i}`));
  });
}

function shuffledBlocks(
  settings: readonly Setting[],
  round: number,
  context: RoundContext,
  random: Random,
): readonly Block[] {
  return shuffledGroups(settings, ({ config }) => config.powerMode, random.fork("power modes"))
    .flatMap((mode) => shuffledGroups(mode, workerKey, random.fork(`workers in ${mode[0]!.config.powerMode}`)))
    .map((worker) => random.fork(keyOf(worker[0]!)).shuffle(worker))
    .map((worker) => worker.map((setting) => stepOf(setting, round, { kind: "point" }, context)));
}

function keyOf({ config, neighbours, load }: Setting): string {
  return settingKey(config, neighbours, load);
}

function workerKey({ config, neighbours, load }: Setting): string {
  return settingKey({ ...config, batch: 1 }, neighbours, load);
}

/** The groups of equal key, in random order. */
function shuffledGroups<T>(items: readonly T[], keyOf: (item: T) => string, random: Random): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return random.shuffle([...groups.values()]);
}

/**
 * Baselines of one end of a round, each a block of its own. A workload that has something to measure gets both, in a new pass
 * when its last one is closed; one that has not is only closed, when its pass is still open.
 */
function baselines(
  end: "opening" | "closing",
  round: number,
  context: RoundContext,
  busy: ReadonlySet<string>,
): readonly Block[] {
  const stepAt = (name: string, kind: "opening" | "closing", pass: number) => {
    const config = baselineConfig(context.workloads.get(name)!, context.device);
    return stepOf({ config, neighbours: [], load: oneInFlight }, round, { kind, pass }, context);
  };
  const isDone = (step: Step) => context.isDone(step.id);
  return context.space.workloads
    .map(({ name }) => {
      let pass = 0;
      while (isDone(stepAt(name, "closing", pass))) pass += 1;
      const needed = busy.has(name) || (end === "closing" && isDone(stepAt(name, "opening", pass)));
      return needed ? [stepAt(name, end, pass)].filter((step) => !isDone(step)) : [];
    })
    .filter((block) => block.length > 0);
}

function stepOf(setting: Setting, round: number, role: Role, context: RoundContext): Step {
  const point: MeasurementPoint = { ...setting, round };
  return { id: measurementId(point, role, context.workloads), point, role };
}
