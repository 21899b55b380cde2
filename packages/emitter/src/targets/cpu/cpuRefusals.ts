import {
  formatPartition,
  InputError,
  type Partition,
  type Placement,
  type Plan,
  partitionFraction,
} from "@partitune/schema";
import { cpuQuota } from "../../cpuQuota.ts";
import type { EmitOptions, Refusal } from "../../emission.ts";
import { engineCommand } from "../../launch.ts";

/** Shares are sums of rounded decimals. */
const tolerance = 1e-9;

/** What of a plan processes on a Linux machine cannot carry out; empty when all of it can be. */
export function cpuRefusals(plan: Plan, options: EmitOptions): readonly Refusal[] {
  return [
    ...powerModeRefusals(plan),
    ...plan.placements.flatMap((placement) => placementRefusals(plan, placement, options)),
    ...(options.oversubscribed === true ? [] : shareRefusals(plan)),
    ...coreRefusals(plan),
  ];
}

function powerModeRefusals({ powerMode, placements, device }: Plan): readonly Refusal[] {
  const standard = device.powerModes[0]!.name;
  const asked = [powerMode, ...placements.map(({ config }) => config.powerMode)].find((mode) => mode !== standard);
  if (asked === undefined) return [];
  return [
    {
      where: "the plan",
      cause: `it asks for power mode "${asked}", which these scripts do not set`,
      advice: `solve again with power mode "${standard}" alone`,
    },
  ];
}

function placementRefusals(plan: Plan, placement: Placement, options: EmitOptions): readonly Refusal[] {
  const where = `placement "${placement.id}"`;
  const workload = plan.workloads.find(({ name }) => name === placement.config.workload)!;
  const { partition } = placement.config;
  if (!isOfProcessor(partition)) return [pieceOfCard(where, partition)];
  const refusals: Refusal[] = [];
  if (workload.task === "training")
    refusals.push({
      where,
      cause: "it trains, and servers only answer requests",
      advice: "plan inference workloads alone",
    });
  refuseOn(refusals, where, () => engineCommand(workload, { threads: placement.threads, home: options.home }));
  if (partition.kind === "cpu-share")
    refuseOn(refusals, where, () => cpuQuota(partition.share, plan.device.cores, options.periodSeconds));
  return refusals;
}

function isOfProcessor({ kind }: Partition): boolean {
  return kind === "whole" || kind === "cpu-share" || kind === "core-set";
}

function pieceOfCard(where: string, partition: Partition): Refusal {
  return {
    where,
    cause: `its partition "${formatPartition(partition)}" is a piece of a card, and these scripts divide a processor`,
    advice: "emit it for a target that divides cards",
  };
}

function refuseOn(refusals: Refusal[], where: string, attempt: () => unknown): void {
  try {
    attempt();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { what, problem, advice } = error.details;
    refusals.push({ where, cause: `${what} ${problem}`, advice });
  }
}

function shareRefusals({ placements, device }: Plan): readonly Refusal[] {
  const partitions = placements.map(({ config }) => config.partition).filter(isOfProcessor);
  const scheme = device.partitionSchemes.find(({ kind }) => kind === "cpu-share");
  const sumOf = (some: readonly Partition[]) => some.reduce((sum, one) => sum + partitionFraction(one, device), 0);
  return [
    ...tooMuch("partitions", sumOf(partitions), 1),
    ...tooMuch(
      "shares",
      sumOf(partitions.filter(({ kind }) => kind === "cpu-share")),
      scheme?.kind === "cpu-share" ? scheme.total : 1,
    ),
  ];
}

function tooMuch(what: string, taken: number, total: number): readonly Refusal[] {
  if (taken <= total + tolerance) return [];
  const cause = `its ${what} take ${percent(taken)} of the device, and ${percent(total)} can be given away`;
  return [{ where: "the plan", cause, advice: `solve again, so that the ${what} fit` }];
}

function coreRefusals({ placements, device }: Plan): readonly Refusal[] {
  const takenBy = new Map<number, string>();
  const refusals: Refusal[] = [];
  for (const { id, config } of placements) {
    for (const core of config.partition.kind === "core-set" ? config.partition.cores : []) {
      const other = takenBy.get(core);
      const cause =
        core >= device.cores
          ? `it is given core ${core}, and the device has cores 0 to ${device.cores - 1}`
          : other !== undefined && `it is given core ${core}, which placement "${other}" has`;
      if (cause) refusals.push({ where: `placement "${id}"`, cause, advice: "give each placement cores of its own" });
      takenBy.set(core, id);
    }
  }
  return refusals;
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 1000) / 10} %`;
}
