import {
  type Config,
  type Device,
  findMigProfile,
  formatPartition,
  InputError,
  type MigProfile,
  type Partition,
  type Predict,
  unplaced,
} from "@partitune/schema";

/** Times of one batch, alone on a part of the card. */
export interface SizeTimes {
  /** Part of the card, 0 < share ≤ 1. */
  readonly share: number;
  /** Ascending by batch, at least one. */
  readonly batches: readonly { readonly batch: number; readonly seconds: number }[];
}

/** How long batches of one workload take on parts of a card, one process. */
export interface CardTimes {
  /** Ascending by share; the last is the whole card, share 1. */
  readonly sizes: readonly SizeTimes[];
  /** Quantiles at (i + 0.5)/n of a batch's time relative to its median. */
  readonly ratios: readonly number[];
}

/** What times of a card are read from. */
export interface CardTimesInput {
  readonly device: Device;
  readonly powerMode: string;
  /** Configurations of which something is known. */
  readonly configs: readonly Config[];
  readonly predict: Predict;
}

/** Ways to cut a card whose sizes tell how speed follows the share, the most telling first: MPS shares are cut from the whole card. */
const telling = ["mps-share", "sm-partition", "green-context", "mig"] as const;

/**
 * Reads how fast a workload is on the whole card and on parts of it, from configurations with one process and nobody beside them.
 *
 * Sizes come from the first way of cutting, of MPS shares, multiprocessors and MIG instances, of which there are two sizes or more. The
 * share of a MIG instance is its part of the multiprocessors of the largest one, which stands for the whole card where nothing was measured
 * on the uncut one.
 *
 * @throws InputError when nothing is known of the whole card
 */
export function cardTimes(workload: string, input: CardTimesInput): CardTimes {
  const own = input.configs.filter(
    (config) => config.workload === workload && config.powerMode === input.powerMode && (config.processes ?? 1) === 1,
  );
  const whole = sizesOf(
    own.filter(({ partition }) => shareOf(partition, input.device) === 1),
    input,
  );
  const cut = telling
    .map((kind) =>
      sizesOf(
        own.filter(({ partition }) => partition.kind === kind),
        input,
      ),
    )
    .find((sizes) => sizes.length >= 2);
  const sizes = new Map([...whole, ...(cut ?? [])].map((size) => [size.share, size]));
  const ascending = [...sizes.values()].sort((a, b) => a.share - b.share);
  if (ascending.at(-1)?.share !== 1)
    throw new InputError({
      what: `workload "${workload}"`,
      problem: `was not measured on the whole "${input.device.name}" in power mode "${input.powerMode}" with one process (${known(own)})`,
      advice: "measure it on whole, on mps-share:1 or on the largest MIG instance",
    });
  const batches = ascending.at(-1)!.batches;
  const largest = own.find(
    ({ partition, batch }) => shareOf(partition, input.device) === 1 && batch === batches.at(-1)!.batch,
  )!;
  return { sizes: ascending, ratios: input.predict(largest)!.serviceRatios };
}

function known(configs: readonly Config[]): string {
  const names = [...new Set(configs.map(({ partition }) => formatPartition(unplaced(partition))))];
  return names.length === 0 ? "nor on any part of it" : `only on ${names.join(", ")}`;
}

/** The uncut card and a share of all of it count alike; of what both tell, the uncut card's times count. */
function shareOf(partition: Partition, device: Device): number {
  switch (partition.kind) {
    case "mig": {
      const { table, profile } = findMigProfile(device, partition.profile);
      return sizeOf(profile) / Math.max(...table.profiles.map(sizeOf));
    }
    case "whole":
      return 1;
    case "mps-share":
    case "cpu-share":
      return partition.share;
    case "core-set":
      return partition.cores.length / device.cores;
    case "sm-partition":
    case "green-context":
      return partition.multiprocessors / device.cores;
  }
}

/** Multiprocessors, since those are not always in proportion to the slices. */
function sizeOf({ multiprocessors, computeSlices }: MigProfile): number {
  return multiprocessors ?? computeSlices;
}

/** One entry per share; where two partitions have the same, the quicker times. */
function sizesOf(configs: readonly Config[], { device, predict }: CardTimesInput): readonly SizeTimes[] {
  const shares = Map.groupBy(configs, ({ partition }) => shareOf(partition, device));
  return [...shares].flatMap(([share, own]) => {
    const times = new Map<number, number>();
    for (const config of own) {
      const seconds = predict(config)?.metrics.latency_p50_s?.value;
      if (seconds === undefined || !(seconds > 0)) continue;
      times.set(config.batch, Math.min(seconds, times.get(config.batch) ?? seconds));
    }
    const batches = [...times].map(([batch, seconds]) => ({ batch, seconds })).sort((a, b) => a.batch - b.batch);
    return batches.length === 0 ? [] : [{ share, batches }];
  });
}
