import {
  formatPartition,
  type Partition,
  type Placement,
  type Plan,
  partitionFraction,
  type Workload,
} from "@partitune/schema";
import { cpuQuota } from "../../cpuQuota.ts";
import type { EmitOptions } from "../../emission.ts";
import { engineCommand, joinCgroupsText } from "../../launch.ts";
import { digest, planId } from "../../planId.ts";
import { printable } from "../../printable.ts";
import { shellQuote } from "../../shellQuote.ts";

/**
 * The plan as shell text: variables, and per placement N two functions, `placement_N` that sets its variables and `engine_N`
 * that calls the command given to it with the engine's program and arguments. Every value is one quoted word, and no value
 * stands in a comment, so none can be taken for shell syntax.
 *
 * @param plan  one without refusals
 */
export function writePlacements(plan: Plan, options: EmitOptions): string {
  const body = [
    assign(planVariables(plan, options)),
    ...plan.placements.map((placement, n) => writePlacement(plan, placement, n, options)),
  ].join("\n");
  const head =
    "# shellcheck shell=sh disable=SC1003,SC2016,SC2034\n# What this plan places where. Generated: emit the plan anew instead of editing.\n";
  return `${head}\nplan_digest=${shellQuote(digest(body))}\n${body}`;
}

function planVariables(plan: Plan, options: EmitOptions): Readonly<Record<string, string | number>> {
  const { device, placements } = plan;
  const partitions = placements.map(({ config }) => config.partition);
  const taken = partitions.reduce((sum, partition) => sum + capacityCores(partition, device.cores), 0);
  const capacity = options.oversubscribed === true ? Math.min(taken, device.cores) : taken;
  const coresNeeded = [
    Math.ceil(capacity - 1e-9),
    ...placements.map(({ threads }) => threads),
    ...partitions.map((partition) => (partition.kind === "core-set" ? partition.cores.at(-1)! + 1 : 1)),
  ];
  return {
    plan_name: options.name,
    plan_id: planId(options.name),
    home: options.home,
    directory: options.directory,
    processor: printable(device.processor),
    device_cores: device.cores,
    cores_needed: Math.max(...coresNeeded),
    plan_millicores: Math.round(capacity * 1000),
    memory_needed_kib: memoryNeededKibibytes(plan) ?? "",
    shares_used: partitions.some(({ kind }) => kind === "cpu-share") ? "yes" : "no",
    taskset_needed: partitions.some(({ kind }) => kind === "core-set") ? "yes" : "",
    mechanism_wanted: options.mechanism ?? "auto",
    ready_timeout_s: Math.ceil(options.readyTimeoutSeconds ?? 120),
    placements: placements.map((_, n) => n).join(" "),
    join_cgroups: joinCgroupsText,
  };
}

/** The unfavourable end of what the plan expects its workloads to fill together; undefined when it does not say. */
function memoryNeededKibibytes(plan: Plan): number | undefined {
  const predicted = plan.promises.find(({ metric }) => metric === "memory_bytes")?.predicted;
  return predicted == null ? undefined : Math.ceil((predicted.high ?? predicted.value) / 1024);
}

function writePlacement(plan: Plan, placement: Placement, n: number, options: EmitOptions): string {
  const workload = plan.workloads.find(({ name }) => name === placement.config.workload)!;
  const { argv, environment } = engineCommand(workload, {
    threads: placement.threads,
    home: options.home,
    ...(options.zooFolder === undefined ? {} : { zooFolder: options.zooFolder }),
  });
  const variables = Object.entries(environment).map(([variable, value]) => `${variable}=${value}`);
  const words = [...(variables.length === 0 ? [] : ["env", ...variables]), ...argv].map(shellQuote);
  return `
placement_${n}() {
${assign(placementVariables(plan, placement, workload, options), "  ")}}

engine_${n}() {
  "$@" \\
    ${words.join(" \\\n    ")}
}
`;
}

function placementVariables(plan: Plan, placement: Placement, workload: Workload, options: EmitOptions) {
  const { partition } = placement.config;
  const { engine } = workload;
  const share = partition.kind === "cpu-share" ? partition.share : 1;
  const { quotaMicroseconds, periodMicroseconds } = cpuQuota(share, plan.device.cores, options.periodSeconds);
  const modelFile = engine.engine === "onnx" && !engine.model.startsWith("zoo:") ? engine.model : "";
  const program = engine.engine === "command" && engine.environment?.PATH === undefined ? engine.command[0]! : "";
  return {
    placement_id: placement.id,
    partition: formatPartition(partition),
    partition_kind: partition.kind,
    capacity_cores: capacityCores(partition, plan.device.cores),
    quota_us: quotaMicroseconds,
    period_us: periodMicroseconds,
    core_list: partition.kind === "core-set" ? partition.cores.join(",") : "",
    batch: placement.config.batch,
    max_delay_s: placement.maxDelaySeconds,
    model_file: modelFile.startsWith("-") ? `./${modelFile}` : modelFile,
    model_label: printable(modelFile),
    program,
    program_label: printable(program),
  };
}

/** Processor time per second that a partition gives, in cores. */
function capacityCores(partition: Partition, cores: number): number {
  return partitionFraction(partition, { cores }) * cores;
}

function assign(variables: Readonly<Record<string, string | number>>, margin = ""): string {
  return Object.entries(variables)
    .map(([variable, value]) => `${margin}${variable}=${shellQuote(String(value))}\n`)
    .join("");
}
