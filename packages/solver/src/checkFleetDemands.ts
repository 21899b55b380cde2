import { InputError } from "@partitune/schema";
import type { UsableConfig } from "./plannedCurve.ts";
import { serviceName } from "./serviceName.ts";
import type { PackingInput } from "./toPackingProblem.ts";

/**
 * Checks that every demand names an inference workload, and that services have names of their own.
 *
 * @throws InputError naming the first demand that does not
 */
export function checkFleetDemands({ demands, workloads }: Pick<PackingInput, "demands" | "workloads">): void {
  if (demands.length === 0)
    throw new InputError({
      what: "the demands",
      problem: "are empty",
      advice: "give a rate and deadline for a workload",
    });
  const seen = new Set<string>();
  for (const demand of demands) {
    const what = `demand for "${serviceName(demand)}"`;
    const workload = workloads.find(({ name }) => name === demand.workload);
    if (workload === undefined) {
      const known = workloads.filter(({ task }) => task === "inference").map(({ name }) => `"${name}"`);
      const problem = `names workload "${demand.workload}", which is not in the profile`;
      throw new InputError({ what, problem, advice: `known are ${known.join(", ")}` });
    }
    if (workload.task !== "inference")
      throw new InputError({
        what,
        problem: `asks for answers of "${workload.name}", whose task is ${workload.task}`,
        advice: "demand inference workloads",
      });
    if (seen.has(serviceName(demand)))
      throw new InputError({
        what,
        problem: "stands twice",
        advice: 'give each a service name of its own, such as "photos:resnet50 100/s 60ms p99"',
      });
    seen.add(serviceName(demand));
  }
}

/**
 * Checks that every demanded workload has a configuration that may be used.
 *
 * @throws InputError naming the workload that has none, and where it was measured instead
 */
export function checkFleetRows(
  { demands, configs, pieces, powerMode, device }: PackingInput,
  allowed: readonly UsableConfig[],
): void {
  const usable = new Set(allowed.map(({ config }) => config.workload));
  const lost = demands.find(({ workload }) => !usable.has(workload));
  if (lost === undefined) return;
  const own = configs.filter(({ workload }) => workload === lost.workload);
  const modes = [...new Set(own.map((config) => config.powerMode))];
  const inMode = own.filter((config) => config.powerMode === powerMode);
  const kinds = [...new Set(inMode.map(({ partition }) => partition.kind))];
  throw new InputError({
    what: `workload "${lost.workload}"`,
    problem: `has no usable measurement on pieces of kind ${pieces.join(" or ")} of "${device.name}" in power mode "${powerMode}"`,
    advice: adviceFor(modes, kinds, powerMode, pieces),
  });
}

function adviceFor(
  modes: readonly string[],
  kinds: readonly string[],
  powerMode: string,
  pieces: PackingInput["pieces"],
): string {
  if (modes.length === 0) return "profile it first";
  if (!modes.includes(powerMode)) return `it was measured in: ${modes.join(", ")}`;
  const others = kinds.filter((kind) => !pieces.some((each) => each === kind));
  return others.length > 0 ? `it was measured on: ${others.join(", ")}` : "measure it on pieces that the device offers";
}
