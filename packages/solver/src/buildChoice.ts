import {
  type Choice,
  type Config,
  type Demand,
  type Device,
  type Estimate,
  formatConfig,
  InputError,
  type Predict,
  partitionMemory,
  partitionThreads,
} from "@partitune/schema";
import { partitionUses } from "./budgets.ts";
import { type ExpectedService, expectedService } from "./expectedService.ts";
import { findViolations } from "./findViolations.ts";
import type { Margin } from "./margin.ts";
import { type ObjectiveName, objectives } from "./objectives.ts";
import { type RuleName, rules } from "./rules/index.ts";
import { toStation } from "./toStation.ts";

/** What every choice of a problem is built with. */
export interface ChoiceContext {
  readonly device: Device;
  readonly predict: Predict;
  readonly objective: ObjectiveName;
  readonly rule: RuleName;
  readonly margin: Margin;
  readonly allowExtrapolated: boolean;
}

/**
 * One way to serve a demand, with what it costs, takes and would promise, and what speaks against it.
 *
 * @returns undefined when nothing is known about the configuration
 * @throws InputError when the objective needs a metric that is not predicted
 */
export function buildChoice(config: Config, demand: Demand, context: ChoiceContext): Choice | undefined {
  const service = expectedService(context.predict, config);
  if (service === undefined) return undefined;
  const margin = chooseMargin(context.margin, service.excess);
  const rule = rules[context.rule];
  const planned = rule(toStation(service.table, margin), demand);
  const expected = margin === 0 ? planned : rule(toStation(service.table, 0), demand);
  const latency = service.prediction.metrics.latency_p50_s!;
  const memory = service.prediction.metrics.memory_peak_bytes;
  const uses = partitionUses(
    context.device,
    config.partition,
    memory === undefined ? undefined : plannedMemory(memory),
  );
  const outcome = {
    serviceSeconds: latency,
    responseSeconds:
      expected.responseSeconds === null
        ? null
        : { value: expected.responseSeconds, low: null, high: planned.responseSeconds },
    capacityPerSecond: planned.capacityPerSecond,
    utilisation: demand.ratePerSecond / planned.capacityPerSecond,
  };
  const numbers = choiceNumbers(config, demand, planned.responseSeconds, uses.share!, service, context.device);
  const cost = objectives[context.objective].cost(numbers);
  if (cost === undefined) throw missingMetric(context.objective, config);
  return {
    id: formatConfig(config),
    config,
    cost,
    uses,
    values: {
      share_fraction: numbers.shareFraction,
      cores: numbers.cores,
      utilisation_fraction: outcome.utilisation,
      capacity_per_s: outcome.capacityPerSecond,
      service_s: latency.value,
      ...(planned.responseSeconds === null
        ? {}
        : { response_s: planned.responseSeconds, response_over_deadline: numbers.responseOverDeadline! }),
      ...(memory === undefined ? {} : { memory_peak_bytes: memory.value }),
      ...(numbers.powerWatts === undefined ? {} : { power_w: numbers.powerWatts }),
    },
    expected: outcome,
    service: service.table,
    margin,
    extrapolated: service.prediction.extrapolated,
    violations: findViolations({
      demand,
      planned,
      memoryBytes: uses.memory,
      memoryLimitBytes: partitionMemory(config.partition, context.device),
      extrapolated: service.prediction.extrapolated && !context.allowExtrapolated,
    }),
  };
}

function chooseMargin(margin: Margin, excess: number | null): number {
  return margin.kind === "relative" ? margin.excess : (excess ?? margin.whenOpen);
}

function plannedMemory({ value, high }: Estimate): number {
  return high ?? value;
}

function choiceNumbers(
  config: Config,
  demand: Demand,
  responseSeconds: number | null,
  shareFraction: number,
  { prediction }: ExpectedService,
  device: Device,
) {
  const energy = prediction.metrics.energy_per_request_j;
  return {
    shareFraction,
    cores: partitionThreads(config.partition, device),
    responseOverDeadline: responseSeconds === null ? null : responseSeconds / demand.deadlineSeconds,
    powerWatts: energy === undefined ? undefined : energy.value * demand.ratePerSecond,
  };
}

function missingMetric(objective: ObjectiveName, config: Config): InputError {
  return new InputError({
    what: `objective "${objective}"`,
    problem: `needs the energy per request, which is not predicted for ${formatConfig(config)}`,
    advice: "measure energy, or choose another objective",
  });
}
