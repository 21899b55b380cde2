import {
  type Config,
  checkLayout,
  type Device,
  formatConfig,
  formatLoad,
  formatPartition,
  InputError,
  isOneInFlight,
  type LayoutCheck,
  type Load,
  nearest,
  oneInFlight,
  type Partition,
  partitionFraction,
  type Workload,
} from "@partitune/schema";
import { powerModesByName } from "./powerModesByName.ts";

/** Every workload on every partition in every power mode with each batch and number of processes, alone or in company. */
export interface Grid {
  readonly partitions: readonly Partition[];
  /** Names of power modes. */
  readonly powerModes: readonly string[];
  /** Companies to measure in: what else is loaded on the device meanwhile. `[[]]` is alone. */
  readonly companies: readonly (readonly Config[])[];
  /** Numbers of processes that run at once within a partition; one when absent. */
  readonly processes?: readonly number[];
  /** How requests are generated; one batch in flight when absent. */
  readonly loads?: readonly Load[];
  /** Batch sizes; those of each workload when absent. */
  readonly batches?: readonly number[];
  /** Names of the workloads that are measured; all of the space when absent. */
  readonly subjects?: readonly string[];
  /** In every round grids of a lower stage are measured before those of a higher, so that a campaign cut short has them; 0 when absent. */
  readonly stage?: number;
}

/** What a campaign measures: a grid of its workloads, and further ones where one grid would be too fine or too coarse. */
export interface Space extends Grid {
  readonly workloads: readonly Workload[];
  readonly further?: readonly Grid[];
}

/**
 * A space with the usual choices for what is not given: the device's default power mode, alone, one process.
 *
 * @example buildSpace(device, { workloads, partitions: shares.map((share) => ({ kind: "cpu-share", share })) })
 */
export function buildSpace(
  device: Device,
  choices: Pick<Space, "workloads" | "partitions"> & Partial<Omit<Space, "workloads" | "partitions">>,
): Space {
  return { powerModes: [device.powerModes[0]!.name], companies: [[]], ...choices };
}

/** All grids of a space. */
export function gridsOf(space: Space): readonly Grid[] {
  return [space, ...(space.further ?? [])];
}

/** The stages of a space, rising, each as a space of its own. */
export function stagesOf(space: Space): readonly Space[] {
  const grids = gridsOf(space);
  const stages = [...new Set(grids.map(({ stage = 0 }) => stage))].sort((a, b) => a - b);
  return stages.map((each) => {
    const [first, ...further] = grids.filter(({ stage = 0 }) => stage === each);
    return { ...first!, workloads: space.workloads, further };
  });
}

/** A configuration in its company, under a load. */
export interface Setting {
  readonly config: Config;
  readonly neighbours: readonly Config[];
  readonly load: Load;
}

/**
 * The combinations of a space that fit on the device together, without those that do not: shares that add up to more than the device, cores
 * bound twice, neighbours in another power mode. Each comes once, whatever the space repeats.
 */
export function expandSpace(space: Space, device: Device): readonly Setting[] {
  const settings = new Map<string, Setting>();
  for (const grid of gridsOf(space))
    for (const powerMode of grid.powerModes)
      for (const partition of grid.partitions)
        for (const workload of subjectsOf(grid, space))
          for (const neighbours of grid.companies)
            for (const processes of grid.processes ?? [1])
              for (const batch of grid.batches ?? workload.batches) {
                const alone = { workload: workload.name, powerMode, partition, batch };
                const config = processes === 1 ? alone : { ...alone, processes };
                if (!fits(config, neighbours, device)) continue;
                for (const load of grid.loads ?? [oneInFlight])
                  settings.set(settingKey(config, neighbours, load), { config, neighbours, load });
              }
  return [...settings.values()];
}

function subjectsOf({ subjects }: Grid, { workloads }: Space): readonly Workload[] {
  return subjects === undefined ? workloads : workloads.filter(({ name }) => subjects.includes(name));
}

/** A configuration, its company and its load as one text; one batch in flight goes without saying. */
export function settingKey(config: Config, neighbours: readonly Config[], load: Load = oneInFlight): string {
  const together = [config, ...neighbours].map(formatConfig).join(" beside ");
  return isOneInFlight(load) ? together : `${together} under ${formatLoad(load)}`;
}

/**
 * Checks that a space can be asked of a device.
 *
 * @throws InputError naming what is wrong with it
 */
export function checkSpace(space: Space, device: Device): void {
  const names = space.workloads.map((workload) => workload.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw wrong(`workload "${twice}"`, "is named twice", "give each workload its own name");
  for (const grid of gridsOf(space)) {
    for (const powerMode of grid.powerModes) checkPowerMode(powerMode, device);
    for (const partition of grid.partitions) checkPartition(partition, device);
    for (const company of grid.companies) checkCompany(company, grid, names, device);
  }
  if (expandSpace(space, device).length > 0) return;
  throw wrong("the space", "holds no configuration to measure", "give at least one workload and a partition that fits");
}

function fits(config: Config, neighbours: readonly Config[], device: Device): boolean {
  if (neighbours.some((neighbour) => neighbour.powerMode !== config.powerMode)) return false;
  return fitTogether(
    [config, ...neighbours].map(({ partition }) => partition),
    device,
  );
}

/**
 * Whether pieces can be set side by side. Those of a card are legal together by its schemes; those of a processor may be off their grid, which pacing does
 * not mind. The whole device is shared by turns.
 */
export function fitTogether(partitions: readonly Partition[], device: Device): boolean {
  if (partitions.length === 1 || partitions.every(({ kind }) => kind === "whole")) return true;
  if (partitions.some(isPieceOfCard)) return checkLayout(device, partitions).fits;
  const cores = partitions.flatMap((partition) => (partition.kind === "core-set" ? partition.cores : []));
  const taken = partitions.reduce((sum, partition) => sum + partitionFraction(partition, device), 0);
  return new Set(cores).size === cores.length && taken <= 1 + 1e-9;
}

/** @throws InputError when a device has no power mode of this name */
export function checkPowerMode(powerMode: string, device: Device): void {
  const known = powerModesByName(device);
  if (known.has(powerMode)) return;
  const named = device.powerModes.map(({ name }) => `"${name}"`).join(", ");
  const others = known.size - device.powerModes.length;
  const near = others === 0 ? undefined : nearest(powerMode, [...known.keys()]);
  const like = near ?? [...known.keys()].at(-1);
  throw wrong(
    `power mode "${powerMode}"`,
    `is none of device "${device.name}"`,
    `choose one of ${named}${others === 0 ? "" : `, or one of its ${others} combinations of settings such as "${like}"`}`,
  );
}

function checkPartition(partition: Partition, device: Device): void {
  const kinds = device.partitionSchemes.map((scheme) => scheme.kind);
  const check: LayoutCheck = isPieceOfCard(partition)
    ? checkLayout(device, [partition])
    : { fits: true, partitions: [] };
  if (kinds.includes(partition.kind) && !check.fits)
    throw wrong(`partition "${formatPartition(partition)}"`, "cannot be set", check.conflicts[0]!.text);
  if (kinds.includes(partition.kind)) return;
  if (device.kind === "server")
    throw wrong(
      `partition "${formatPartition(partition)}"`,
      "cannot be set: the server decides what its models run on",
      'leave partitions and shares out, or write "whole"',
    );
  throw wrong(
    `partition "${formatPartition(partition)}"`,
    `is not possible on device "${device.name}"`,
    `choose one of ${kinds.join(", ")}`,
  );
}

function isPieceOfCard({ kind }: Partition): boolean {
  return kind !== "whole" && kind !== "cpu-share" && kind !== "core-set";
}

function checkCompany(
  company: readonly Config[],
  { partitions, powerModes }: Grid,
  workloads: readonly string[],
  device: Device,
): void {
  for (const neighbour of company) checkNeighbour(neighbour, workloads, device);
  const beside = powerModes.flatMap((powerMode) =>
    partitions.map((partition) => ({ workload: workloads[0] ?? "", powerMode, partition, batch: 1 })),
  );
  if (company.length === 0 || beside.some((config) => fits(config, company, device))) return;
  throw wrong(
    `the neighbours "${company.map(formatConfig).join('" and "')}"`,
    "fit beside none of the partitions in its power mode",
    "choose smaller ones, or a partition that leaves room for them",
  );
}

function checkNeighbour(neighbour: Config, workloads: readonly string[], device: Device): void {
  checkPowerMode(neighbour.powerMode, device);
  checkPartition(neighbour.partition, device);
  if (workloads.includes(neighbour.workload)) return;
  throw wrong(
    `neighbour "${formatConfig(neighbour)}"`,
    "is a workload that the space does not define",
    "add the workload to the space",
  );
}

function wrong(what: string, problem: string, advice: string): InputError {
  return new InputError({ what, problem, advice });
}
