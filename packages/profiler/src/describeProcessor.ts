import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { defaultPeriodSeconds } from "@partitune/emitter";
import type { Device, Partition } from "@partitune/schema";
import { chooseGovernor, type Governor, type Machine } from "./governors/index.ts";

/** Memory is told in such steps: what the kernel keeps for itself differs from start to start. */
const memoryStep = 64 * 2 ** 20;

/** What stands for all partitions of a kind when a governor is chosen for the record. */
const examples: readonly Partition[] = [
  { kind: "cpu-share", share: 0.5 },
  { kind: "core-set", cores: [0] },
];

/**
 * This machine's processor as a device, and what makes two measurements on it comparable. The name of the machine is no part of it, since
 * containers get a new one at every start.
 */
export async function describeProcessor(
  machine: Machine,
  governors: readonly Governor[],
): Promise<{ readonly device: Device; readonly environment: Readonly<Record<string, string>> }> {
  const processor = cpus()[0]?.model.trim() ?? "unknown processor";
  const choices = Object.assign({}, ...(await Promise.all(examples.map((each) => describeChoice(each, governors)))));
  const device: Device = {
    name: `${processor}, ${machine.cores} core${machine.cores === 1 ? "" : "s"}`,
    kind: "cpu",
    processor,
    cores: machine.cores,
    memoryBytes: memoryInUse(),
    partitionSchemes: [{ kind: "whole" }, { kind: "cpu-share", granularity: 0.01, total: 1 }, { kind: "core-set" }],
    powerModes: [{ name: "default" }],
    defaultPartition: { kind: "whole" },
    synthetic: false,
  };
  const environment = {
    executor: "cpu",
    kernel: release(),
    node: process.version,
    onnxruntime: onnxruntimeVersion(),
    "quota period": `${defaultPeriodSeconds * 1e3} ms`,
    "frequency governor": await frequencyGovernor(machine),
    ...choices,
  };
  return { device, environment };
}

async function describeChoice(
  partition: Partition,
  governors: readonly Governor[],
): Promise<Readonly<Record<string, string>>> {
  const { kind } = partition;
  try {
    const { governor, passedOver } = await chooseGovernor(partition, governors);
    const reasons = passedOver.map((each) => `${each.governor}: ${each.reason}`).join("; ");
    return { [`${kind} by`]: governor.name, ...(reasons === "" ? {} : { [`${kind} not by`]: reasons }) };
  } catch (error) {
    return { [`${kind} by`]: "nothing", [`${kind} not by`]: error instanceof Error ? error.message : String(error) };
  }
}

/** What this process may use: the machine's memory, or the limit of its control group. */
function memoryInUse(): number {
  const limit = process.constrainedMemory();
  const bytes = limit > 0 && limit < totalmem() ? limit : totalmem();
  return Math.max(memoryStep, Math.floor(bytes / memoryStep) * memoryStep);
}

function onnxruntimeVersion(): string {
  const manifest = createRequire(import.meta.url)("onnxruntime-node/package.json") as { readonly version: string };
  return manifest.version;
}

async function frequencyGovernor(machine: Machine): Promise<string> {
  const file = join(machine.root, "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  return readFile(file, "utf8").then(
    (text) => text.trim(),
    () => "not readable",
  );
}
