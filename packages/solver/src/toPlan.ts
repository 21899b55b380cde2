import {
  type Choice,
  type Optimality,
  type Plan,
  type PlanPromise,
  type Problem,
  partitionThreads,
} from "@partitune/schema";
import type { Selection } from "./selection.ts";

/**
 * A selection as a plan: placements, what they promise, and the service a simulation needs.
 *
 * Each demand becomes two promises (response and throughput), the device's limits one each (share, memory). A placement bears its
 * workload's name.
 */
export function toPlan(problem: Problem, { setting, choices }: Selection, optimality: Optimality): Plan {
  return {
    kind: "plan",
    version: 1,
    made: problem.made,
    device: problem.device,
    powerMode: setting.powerMode,
    workloads: problem.workloads,
    demands: problem.demands,
    placements: choices.map((choice) => ({
      id: choice.config.workload,
      config: choice.config,
      threads: hostThreads(choice, problem),
      maxDelaySeconds: 0,
    })),
    promises: [
      ...choices.flatMap((choice) => demandPromises(problem, choice)),
      sharePromise(setting.budgets.share, choices),
      memoryPromise(problem.device.memoryBytes, choices),
    ].filter((promise) => promise !== null),
    optimality,
    service: choices.map((choice) => ({ placement: choice.config.workload, ...choice.service })),
    synthetic: problem.synthetic,
  };
}

/** The cores of a card are multiprocessors, which one thread of the host feeds. */
function hostThreads({ config }: Choice, { device }: Problem): number {
  return device.kind === "nvidia" ? 1 : partitionThreads(config.partition, device);
}

function demandPromises({ demands }: Problem, choice: Choice): PlanPromise[] {
  const demand = demands.find(({ workload }) => workload === choice.config.workload);
  if (demand === undefined) return [];
  const { workload, ratePerSecond, deadlineSeconds, percentile } = demand;
  return [
    {
      id: `${workload} response`,
      subject: workload,
      metric: "response_s",
      percentile,
      relation: "at-most",
      target: deadlineSeconds,
      predicted: choice.expected.responseSeconds,
    },
    {
      id: `${workload} throughput`,
      subject: workload,
      metric: "throughput_per_s",
      percentile: null,
      relation: "at-least",
      target: ratePerSecond,
      predicted: {
        value: Math.min(ratePerSecond, choice.expected.capacityPerSecond),
        low: null,
        high: ratePerSecond,
      },
    },
  ];
}

function sharePromise(total: number | undefined, choices: readonly Choice[]): PlanPromise | null {
  if (total === undefined) return null;
  const used = choices.reduce((sum, choice) => sum + (choice.uses.share ?? 0), 0);
  return devicePromise("share", "share_fraction", total, { value: used, low: used, high: used });
}

/** No promise when the memory of any placement is unknown. */
function memoryPromise(total: number, choices: readonly Choice[]): PlanPromise | null {
  if (choices.some((choice) => choice.uses.memory === undefined)) return null;
  const expected = choices.reduce((sum, choice) => sum + choice.values.memory_peak_bytes!, 0);
  const planned = choices.reduce((sum, choice) => sum + choice.uses.memory!, 0);
  return devicePromise("memory", "memory_bytes", total, { value: expected, low: null, high: planned });
}

function devicePromise(
  name: string,
  metric: PlanPromise["metric"],
  target: number,
  predicted: PlanPromise["predicted"],
): PlanPromise {
  return { id: `device ${name}`, subject: "device", metric, percentile: null, relation: "at-most", target, predicted };
}
