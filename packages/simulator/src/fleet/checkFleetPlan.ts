import { checkLayout, type FleetGpu, type FleetPlan, InputError } from "@partitune/schema";

/**
 * Checks that a fleet plan says one thing and that its cards can be cut so: names that are unique and known, pieces that fit together.
 *
 * @throws InputError for the first thing that is wrong; of a card that cannot be cut so, with every reason
 */
export function checkFleetPlan({ services, devices, gpus }: FleetPlan): void {
  const pieces = gpus.flatMap((gpu) => gpu.pieces);
  const tenants = pieces.flatMap((piece) => piece.tenants);
  once("service", services, ({ name }) => name);
  once("GPU", gpus, ({ id }) => id);
  once("piece", pieces, ({ id }) => id);
  once("tenant", tenants, ({ id }) => id);
  const known = new Set(services.map(({ name }) => name));
  const stranger = tenants.find(({ service }) => !known.has(service));
  if (stranger !== undefined)
    throw new InputError({
      what: `tenant "${stranger.id}"`,
      problem: `answers "${stranger.service}", which is no service of the plan`,
      advice: `name one of ${[...known].map((name) => `"${name}"`).join(", ")}`,
    });
  for (const gpu of gpus) checkGpu(gpu, devices);
}

function once<T>(what: string, items: readonly T[], nameOf: (item: T) => string): void {
  const seen = new Set<string>();
  for (const name of items.map(nameOf)) {
    if (seen.has(name))
      throw new InputError({
        what: `${what} "${name}"`,
        problem: "stands in the plan twice",
        advice: "give each a name of its own",
      });
    seen.add(name);
  }
}

function checkGpu({ id, device: name, pieces }: FleetGpu, devices: FleetPlan["devices"]): void {
  const device = devices.find((each) => each.name === name);
  if (device === undefined)
    throw new InputError({
      what: `GPU "${id}"`,
      problem: `is of a kind that the plan does not describe, "${name}"`,
      advice: `name one of ${devices.map((each) => `"${each.name}"`).join(", ")}, or add it to "devices"`,
    });
  const partitions = pieces.map(({ partition }) => partition);
  if (partitions.filter(({ kind }) => kind === "whole").length > 1)
    throw new InputError({
      what: `GPU "${id}"`,
      problem: "has several pieces that each take the whole of it",
      advice: "make them tenants of one piece, which take turns, or cut the card",
    });
  const layout = checkLayout(device, partitions);
  if (layout.fits) return;
  throw new InputError({
    what: `GPU "${id}"`,
    problem: `cannot be cut so: ${layout.conflicts.map(({ text }) => text).join("; ")}`,
    advice: "choose pieces that fit together (partitune layouts lists them)",
  });
}
