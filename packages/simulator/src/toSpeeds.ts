import { formatPartition, InputError, type Plan } from "@partitune/schema";
import { type SharingName, sharingLaws } from "./sharing/index.ts";
import { type SpeedsOf, speedsOf } from "./speedsOf.ts";
import type { Station } from "./station.ts";
import { type ScalingPoint, toSharer } from "./toSharer.ts";

/** How placements share the processor. */
export interface Sharing {
  /** `isolated`: each has its partition to itself. The others are for placements that all run on the whole device. */
  readonly law: SharingName;
  /**
   * Workload → its speed on parts of the processor, ascending by share, for `fair`. A workload that is not named speeds up in proportion
   * until it has the cores its threads can use.
   */
  readonly scaling?: Readonly<Record<string, readonly ScalingPoint[]>>;
  /** How much longer everything takes, relatively, while two or more are busy; by default 0. */
  readonly interference?: number;
}

/**
 * The speeds at which stations get on beside each other; null where they do not share.
 *
 * @throws InputError when the law or a scaled workload is unknown, a placement has a partition of its own, or a number is out of range
 */
export function toSpeeds(plan: Plan, stations: readonly Station[], sharing: Sharing): SpeedsOf | null {
  if (!Object.hasOwn(sharingLaws, sharing.law))
    throw new InputError({
      what: `sharing law "${sharing.law}"`,
      problem: "is not known",
      advice: `choose one of ${Object.keys(sharingLaws).join(", ")}`,
    });
  const { speeds } = sharingLaws[sharing.law];
  if (speeds === null) return null;
  const { scaling = {}, interference = 0 } = sharing;
  checkSharing(plan, scaling, interference);
  const sharers = stations.map((station) =>
    toSharer(station, Object.hasOwn(scaling, station.workload) ? scaling[station.workload] : undefined),
  );
  return speedsOf(speeds, sharers, interference);
}

function checkSharing(plan: Plan, scaling: Readonly<Record<string, unknown>>, interference: number): void {
  const own = plan.placements.find((placement) => placement.config.partition.kind !== "whole");
  if (own !== undefined)
    throw new InputError({
      what: `placement "${own.id}"`,
      problem: `runs on a partition of its own (${formatPartition(own.config.partition)}) and shares nothing`,
      advice: 'simulate it with the law "isolated", or place it on "whole" with the service times it has there',
    });
  const stranger = Object.keys(scaling).find((name) => plan.placements.every((each) => each.config.workload !== name));
  if (stranger !== undefined)
    throw new InputError({
      what: `scaling of "${stranger}"`,
      problem: "is given, but the plan places no such workload",
      advice: "name a workload of the plan",
    });
  if (!(interference >= 0 && interference < Number.POSITIVE_INFINITY))
    throw new InputError({
      what: "interference",
      problem: `must be a finite number from 0 on, got ${interference}`,
      advice: "give the relative loss, e.g. 0.09",
    });
}
