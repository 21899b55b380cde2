import { type FleetPlan, InputError, type ModePlan, type ModeSchedule, type Plan } from "@partitune/schema";
import { checkKernelFillPlan, checkKernelTrace } from "./checkKernels.ts";
import type { DeployablePlan, Emission, EmitOptions, Target } from "./emission.ts";
import { type TargetName, targets } from "./targets/index.ts";

/**
 * Writes a plan as the files that a target understands: they check the machine, apply the plan, show it and undo it.
 *
 * @param plan  placements on partitions, a power mode with what takes turns in it, such modes in time, a fleet, tables for filling the gaps
 *   between kernels, or a traced task
 * @param target  one of the shelf's names
 * @returns the files, in memory, or what of the plan the target cannot express
 * @throws InputError when the target is unknown, when the plan contradicts itself (a placement of an unknown workload, two of
 *   one id), when a folder of the options is not an absolute path, or when something that the target reads is missing or wrong
 * @example emit(plan, "cpu", { name: "quickstart", home: "/opt/partitune", directory: "/home/me" })
 */
export function emit(plan: DeployablePlan, target: TargetName, options: EmitOptions): Emission {
  const known: Target | undefined = Object.hasOwn(targets, target) ? targets[target] : undefined;
  if (known === undefined)
    throw new InputError({
      what: `target "${target}"`,
      problem: "is not known",
      advice: `choose one of ${Object.keys(targets).join(", ")}`,
    });
  checkFolders(options);
  checkContent(plan);
  return known.kinds.includes(plan.kind) ? known.write(chooseCards(plan, options), options) : refuseKind(plan, target);
}

function checkContent(plan: DeployablePlan): void {
  if (plan.kind === "plan") checkPlan(plan);
  else if (plan.kind === "fleet-plan") checkFleet(plan);
  else if (plan.kind === "kernel-fill-plan") checkKernelFillPlan(plan);
  else if (plan.kind === "kernel-trace") checkKernelTrace(plan);
  else checkModes(plan);
}

/** The plan with the chosen cards alone: those of one machine. */
function chooseCards(plan: DeployablePlan, { cards }: EmitOptions): DeployablePlan {
  if (cards === undefined) return plan;
  const known = plan.kind === "fleet-plan" ? plan.gpus.map(({ id }) => id) : [];
  const stranger = cards.find((card) => !known.includes(card));
  if (stranger !== undefined)
    throw new InputError({
      what: `card "${stranger}"`,
      problem: "is none of the plan's",
      advice: known.length === 0 ? "the plan has no cards" : `choose among ${known.join(", ")}`,
    });
  return plan.kind === "fleet-plan" ? { ...plan, gpus: plan.gpus.filter(({ id }) => cards.includes(id)) } : plan;
}

function refuseKind({ kind }: DeployablePlan, target: TargetName): Emission {
  const able = Object.entries<Target>(targets).flatMap(([name, { kinds }]) => (kinds.includes(kind) ? [name] : []));
  const cause = `target "${target}" does not carry a ${kind}`;
  return {
    status: "refused",
    refusals: [{ where: "the plan", cause, advice: `choose ${able.join(" or ")}` }],
  };
}

function checkModes(plan: ModePlan | ModeSchedule): void {
  const known = new Set(plan.workloads.map(({ name }) => name));
  const turns = plan.kind === "mode-plan" ? [plan] : plan.periods;
  const run = turns.flatMap(({ inferences, background }) => [
    ...inferences,
    ...(background === null ? [] : [background]),
  ]);
  const stranger = run.find(({ workload }) => !known.has(workload));
  if (stranger === undefined) return;
  throw new InputError({
    what: `workload "${stranger.workload}"`,
    problem: "takes turns in the plan, which does not say how it is started",
    advice: "solve again, or add it to the plan's workloads",
  });
}

function checkFleet({ gpus, services, workloads, devices }: FleetPlan): void {
  const pieces = gpus.flatMap((gpu) => gpu.pieces);
  const tenants = pieces.flatMap((piece) => piece.tenants);
  const served = new Set(services.map(({ name }) => name));
  const run = new Set(workloads.map(({ name }) => name));
  const kinds = new Set(devices.map(({ name }) => name));
  const faults = [
    ...doubled(gpus).map(({ id }) => [`card "${id}"`, "occurs twice"] as const),
    ...doubled(pieces).map(({ id }) => [`piece "${id}"`, "occurs twice"] as const),
    ...doubled(tenants).map(({ id }) => [`tenant "${id}"`, "occurs twice"] as const),
    ...gpus
      .filter(({ device }) => !kinds.has(device))
      .map(({ id }) => [`card "${id}"`, "is of no device of the plan"] as const),
    ...tenants
      .filter(({ service }) => !served.has(service))
      .map(({ id }) => [`tenant "${id}"`, "is of no service of the plan"] as const),
    ...services
      .filter(({ workload }) => !run.has(workload))
      .map(({ name }) => [`service "${name}"`, "runs no workload of the plan"] as const),
  ];
  if (faults.length === 0) return;
  const [what, problem] = faults[0]!;
  throw new InputError({ what, problem, advice: "plan again, or correct the plan" });
}

function doubled<T extends { readonly id: string }>(all: readonly T[]): readonly T[] {
  return all.filter(({ id }, i) => all.findIndex((other) => other.id === id) < i);
}

function checkFolders({ home, directory, name }: EmitOptions): void {
  for (const [option, folder] of Object.entries({ home, directory }))
    if (!folder.startsWith("/") || /\p{Cc}/u.test(folder))
      throw new InputError({
        what: `${option} "${folder}"`,
        problem: "is not an absolute path, or contains control characters",
        advice: 'give the folder from the root on, such as "/opt/partitune"',
      });
  if (name === "" || name.length > 200 || /\p{Cc}/u.test(name))
    throw new InputError({
      what: `plan name "${name}"`,
      problem: "is empty, longer than 200 characters, or contains control characters",
      advice: 'give a short name, such as "quickstart"',
    });
}

function checkPlan({ placements, workloads }: Plan): void {
  const known = new Set(workloads.map((workload) => workload.name));
  const seen = new Set<string>();
  for (const { id, config } of placements) {
    if (!known.has(config.workload) || seen.has(id))
      throw new InputError({
        what: `placement "${id}"`,
        problem: seen.has(id)
          ? "occurs twice"
          : `is of the workload "${config.workload}", which the plan does not contain`,
        advice: "solve again, or correct the plan",
      });
    seen.add(id);
  }
}
