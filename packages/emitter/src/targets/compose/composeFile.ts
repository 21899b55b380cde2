import { containerEnvironment } from "../services/containerEnvironment.ts";
import type { PlacedTenant } from "../services/fleetParts.ts";
import { needsMps } from "../services/mpsLimits.ts";

/** Where clients in containers find the pipes of their MPS daemon, as CUDA's own default. */
const pipes = "/tmp/nvidia-mps";

/**
 * The compose file: what is known only on the host stands as variables, `PIECE_N` for the UUID of a piece and `PIPES_N` for the pipes of the MPS
 * daemon its processes connect to.
 *
 * @see Compose Specification, deploy.resources.reservations.devices and interpolation
 */
export function composeFile(
  tenants: readonly PlacedTenant[],
  names: ReadonlyMap<string, string>,
  images: ReadonlyMap<string, string>,
) {
  const services = tenants.map((placed) => [
    names.get(placed.tenant.id)!,
    serviceOf(placed, images.get(placed.workload.name)!),
  ]);
  return { services: Object.fromEntries(services) };
}

function serviceOf(placed: PlacedTenant, image: string) {
  const inMps = needsMps(placed);
  const environment = containerEnvironment(placed, inMps);
  const device = { driver: "nvidia", device_ids: [hostValue(`PIECE_${placed.n}`)], capabilities: ["gpu"] };
  return {
    image,
    environment: literals(inMps ? { ...environment, CUDA_MPS_PIPE_DIRECTORY: pipes } : environment),
    labels: literals({ "partitune.tenant": placed.tenant.id, "partitune.piece": placed.piece.id }),
    restart: "unless-stopped",
    deploy: { replicas: placed.tenant.processes, resources: { reservations: { devices: [device] } } },
    ...(inMps
      ? { ipc: "host", volumes: [{ type: "bind", source: hostValue(`PIPES_${placed.n}`), target: pipes }] }
      : {}),
  };
}

function hostValue(name: string): string {
  return `\${${name}:?apply.sh looks it up}`;
}

/** Compose replaces `$NAME` and `${NAME}` in any value, and takes `$$` for a dollar. */
function literals(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.replaceAll("$", "$$$$")]));
}
