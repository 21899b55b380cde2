import {
  type Choice,
  type Demand,
  type Device,
  InputError,
  type Made,
  type Partition,
  type Predict,
  type Problem,
  type Setting,
  type Workload,
} from "@partitune/schema";
import { deviceBudgets } from "./budgets.ts";
import { buildChoice, type ChoiceContext } from "./buildChoice.ts";
import type { Candidates } from "./candidates.ts";
import { checkDemands } from "./checkDemands.ts";
import { dropDominated } from "./dropDominated.ts";
import { defaultMargin, type Margin } from "./margin.ts";
import { type ObjectiveName, objectives } from "./objectives.ts";
import type { RuleName } from "./rules/index.ts";

/** What a problem is made from. */
export interface FormulateInput {
  readonly device: Device;
  readonly workloads: readonly Workload[];
  readonly demands: readonly Demand[];
  readonly predict: Predict;
  /** Workload → what may be considered for it; {@link findCandidates} offers what was measured and the grid between. */
  readonly candidates: Readonly<Record<string, Candidates>>;
  readonly made: Made;
  /** What is minimised, by default the total share. */
  readonly objective?: ObjectiveName;
  /** What admits a choice, by default the queueing analysis. */
  readonly rule?: RuleName;
  /** How much longer than expected service is planned for, by default the interval's upper end. */
  readonly margin?: Margin;
  /** Admit choices outside what was measured; false by default. */
  readonly allowExtrapolated?: boolean;
}

/**
 * States what is to be decided, as data: for every power mode of the device and every way to cut it, one choice per demanded workload, partition and batch
 * size, with what it costs, takes and would promise.
 *
 * Choices that may not be taken stay, with the reason; those that another makes pointless are left out and counted.
 *
 * @throws InputError when demands and workloads do not match, a candidate is not allowed, or nothing is known about a workload
 */
export function formulate(input: FormulateInput): Problem {
  checkDemands(input);
  const context: ChoiceContext = {
    device: input.device,
    predict: input.predict,
    objective: input.objective ?? "share",
    rule: input.rule ?? "queue",
    margin: input.margin ?? defaultMargin,
    allowExtrapolated: input.allowExtrapolated ?? false,
  };
  const waysInUse = waysToCut(input);
  const all = input.device.powerModes.flatMap((mode) =>
    waysInUse.map((way) => buildSetting(mode.name, way, input, context)),
  );
  const settings = all.filter((setting) => setting.groups.every((group) => group.choices.length > 0));
  if (settings.length === 0) throw nothingKnown(all);
  const thinned = settings.map(thin);
  return {
    kind: "problem",
    version: 1,
    made: input.made,
    device: input.device,
    workloads: input.workloads.filter((workload) => input.demands.some((demand) => demand.workload === workload.name)),
    demands: input.demands,
    objective: { name: context.objective, unit: objectives[context.objective].unit },
    rule: context.rule,
    settings: thinned,
    synthetic: input.device.synthetic || isSynthetic(settings, input.predict),
    dropped: countChoices(settings) - countChoices(thinned),
  };
}

/** Partitions that may stand on a device together, and what to call them beside others. */
interface WayToCut {
  readonly name: string;
  readonly kinds: readonly Partition["kind"][];
}

/** Quotas and cores stand side by side, MPS shares and MIG instances do not: each way of cutting in use is a setting of its own. */
function waysToCut({ demands, candidates }: FormulateInput): readonly WayToCut[] {
  const used = new Set(demands.flatMap(({ workload }) => candidates[workload]!.partitions.map(({ kind }) => kind)));
  const inUse = ways.filter(({ kinds }) => kinds.some((kind) => used.has(kind)));
  return inUse.length > 1 ? inUse : [{ kinds: inUse[0]?.kinds ?? [], name: "" }];
}

const ways: readonly WayToCut[] = [
  { name: "shares and cores", kinds: ["cpu-share", "core-set"] },
  { name: "MPS shares", kinds: ["mps-share"] },
  { name: "MIG instances", kinds: ["mig"] },
  { name: "static partitions", kinds: ["sm-partition"] },
  { name: "green contexts", kinds: ["green-context"] },
];

function buildSetting(
  powerMode: string,
  way: WayToCut,
  { device, demands, candidates }: FormulateInput,
  context: ChoiceContext,
): Setting {
  const groups = demands.map((demand) => {
    const { partitions: offered, batches } = candidates[demand.workload]!;
    const partitions = offered.filter(({ kind }) => kind === "whole" || way.kinds.includes(kind));
    const configs = partitions.flatMap((partition) =>
      batches.map((batch) => ({ workload: demand.workload, powerMode, partition, batch })),
    );
    const choices = configs.map((config) => buildChoice(config, demand, context));
    return { workload: demand.workload, choices: choices.filter((choice): choice is Choice => choice !== undefined) };
  });
  const partitions = groups.flatMap((group) => group.choices.map((choice) => choice.config.partition));
  const name = way.name === "" ? powerMode : `${powerMode}, ${way.name}`;
  return { name, powerMode, cost: 0, budgets: deviceBudgets(device, partitions), groups };
}

function thin(setting: Setting): Setting {
  return { ...setting, groups: setting.groups.map((group) => ({ ...group, choices: dropDominated(group.choices) })) };
}

function countChoices(settings: readonly Setting[]): number {
  return settings.reduce((sum, { groups }) => sum + groups.reduce((all, group) => all + group.choices.length, 0), 0);
}

function isSynthetic(settings: readonly Setting[], predict: Predict): boolean {
  return settings.some(({ groups }) =>
    groups.some(({ choices }) => choices.some((choice) => predict(choice.config)?.synthetic === true)),
  );
}

function nothingKnown(settings: readonly Setting[]): InputError {
  const modes = settings.map((setting) => `"${setting.name}"`).join(", ");
  const unknown = settings[0]!.groups.find((group) => group.choices.length === 0);
  return new InputError({
    what: `workload "${unknown?.workload ?? ""}"`,
    problem: `cannot be predicted on any candidate in power mode ${modes}`,
    advice: "profile it first, or give candidates that were measured",
  });
}
