import { type Random, seededRandom } from "@partitune/numerics";
import {
  type Config,
  type Device,
  formatConfig,
  formatPartition,
  InputError,
  type Load,
  type Partition,
  type Workload,
} from "@partitune/schema";
import { fullLayouts, multisets } from "./fullLayouts.ts";
import { type Grid, settingKey } from "./space.ts";

/** What is to be measured side by side. */
export interface NeighbourChoices {
  readonly workloads: readonly Workload[];
  /** Pieces that companies are made of. */
  readonly partitions: readonly Partition[];
  readonly powerModes: readonly string[];
  /** How requests of the measured one are generated; one batch in flight when absent, as neighbours always have. */
  readonly loads?: readonly Load[];
  /** How many workloads run together, the measured one included: 2 for pairs, 3 for triples. */
  readonly sizes: readonly number[];
  /** Most settings to measure in a round. */
  readonly most: number;
  /** Seed of the choice, where there are more. */
  readonly seed: string;
}

/** Combinations of so many workloads, and how many of them are measured. */
export interface NeighbourCoverage {
  readonly size: number;
  readonly measured: number;
  readonly all: number;
}

/** What is measured side by side. */
export interface NeighbourPlan {
  /** One for each setting; larger companies in later stages. */
  readonly grids: readonly Grid[];
  /** By size, rising. */
  readonly coverage: readonly NeighbourCoverage[];
  /** Whether every setting that fits is measured. */
  readonly isComplete: boolean;
}

/** A configuration in its company. */
interface Variant {
  readonly subject: Config;
  readonly neighbours: readonly Config[];
}

/** A combination of workloads, and in which settings it can be measured, in random order. */
interface Combination {
  readonly size: number;
  readonly variants: () => readonly Variant[];
}

/**
 * Pairs, triples and so on of workloads side by side on one device, each measured beside the others.
 *
 * Companies fill the device: none of their pieces could be larger. Batches keep to their rank: each workload's smallest beside the smallest of the others,
 * and so on. Every combination of workloads, also with itself, gets its first setting before any gets its second, pairs first; where there are
 * more than `most`, a seed decides which.
 *
 * @throws InputError when the pieces do not fit beside each other
 */
export function neighbourGrids(choices: NeighbourChoices, device: Device): NeighbourPlan {
  const sizes = [...new Set(choices.sizes)].sort((a, b) => a - b);
  const combinations = sizes.flatMap((size) => combinationsOf(size, choices, device));
  const { chosen, isComplete } = choose(combinations, choices.most);
  return {
    grids: chosen.map((variant) => gridOf(variant, choices)),
    coverage: sizes.map((size) => {
      const all = combinations.filter((each) => each.size === size);
      // The first settings are chosen in the order of the combinations.
      const before = combinations.indexOf(all[0]!);
      return { size, all: all.length, measured: Math.max(0, Math.min(all.length, chosen.length - before)) };
    }),
    isComplete,
  };
}

function combinationsOf(size: number, choices: NeighbourChoices, device: Device): readonly Combination[] {
  const layouts = fullLayouts(choices.partitions, size, device);
  if (layouts.length === 0) throw noRoom(size, choices.partitions);
  const random = seededRandom(`neighbours ${choices.seed}`).fork(size);
  const computing = choices.workloads.filter(({ task }) => task !== "idle");
  return random.shuffle(multisets(computing, size)).map((members) => {
    let variants: readonly Variant[] | undefined;
    return {
      size,
      variants: () => {
        variants ??= variantsOf(members, layouts, choices, random);
        return variants;
      },
    };
  });
}

/** Round by round, one setting of each combination. */
function choose(combinations: readonly Combination[], most: number) {
  const chosen: Variant[] = [];
  for (let pass = 0, open = combinations; open.length > 0; pass++) {
    for (const { variants } of open) {
      if (chosen.length === most) return { chosen, isComplete: false };
      chosen.push(variants()[pass]!);
    }
    open = open.filter(({ variants }) => variants().length > pass + 1);
  }
  return { chosen, isComplete: true };
}

function variantsOf(
  members: readonly Workload[],
  layouts: readonly (readonly Partition[])[],
  { powerModes }: NeighbourChoices,
  random: Random,
): readonly Variant[] {
  const variants = new Map<string, Variant>();
  const ranks = Math.max(...members.map(({ batches }) => batches.length));
  for (const powerMode of powerModes)
    for (const layout of layouts)
      for (const order of permutations(members))
        for (let rank = 0; rank < ranks; rank++) {
          const [subject, ...others] = order.map(
            ({ name, batches }, i): Config => ({
              workload: name,
              powerMode,
              partition: layout[i]!,
              batch: batches[Math.min(rank, batches.length - 1)]!,
            }),
          );
          addRotations([subject!, ...others], variants);
        }
  return random.fork(members.map(({ name }) => name).join(" and ")).shuffle([...variants.values()]);
}

/** Each of them measured beside the others. */
function addRotations(together: readonly Config[], variants: Map<string, Variant>): void {
  for (const [i, subject] of together.entries()) {
    const neighbours = together.toSpliced(i, 1).sort((a, b) => (formatConfig(a) < formatConfig(b) ? -1 : 1));
    variants.set(settingKey(subject, neighbours), { subject, neighbours });
  }
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

function gridOf({ subject, neighbours }: Variant, { loads }: NeighbourChoices): Grid {
  return {
    partitions: [subject.partition],
    powerModes: [subject.powerMode],
    companies: [neighbours],
    batches: [subject.batch],
    subjects: [subject.workload],
    stage: neighbours.length,
    ...(loads === undefined ? {} : { loads }),
  };
}

function noRoom(size: number, partitions: readonly Partition[]): InputError {
  return new InputError({
    what: `the partitions ${partitions.map((each) => `"${formatPartition(each)}"`).join(", ")}`,
    problem: `leave no room for ${size} workloads beside each other`,
    advice: "add smaller ones, such as halves for pairs and thirds for triples",
  });
}
