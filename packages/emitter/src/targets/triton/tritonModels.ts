import type { FleetPlan } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { type PlacedTenant, tenantsOf } from "../services/fleetParts.ts";
import { uniqueNames } from "../services/uniqueNames.ts";

/** A tenant as a model in the repository of its piece's server. */
export interface TritonModel {
  readonly placed: PlacedTenant;
  /** Of the piece, below the repository. */
  readonly folder: string;
  /** What clients ask for: the service's name, the same on all servers unless one piece has the service twice. */
  readonly name: string;
  /** Folder of the workload's model files, below the folder of models. */
  readonly source: string;
}

/** The models of a plan, in its order. Folders and names are DNS labels, which Triton, URLs and shells all take. */
export function tritonModels(plan: FleetPlan, options: EmitOptions): readonly TritonModel[] {
  const tenants = tenantsOf(plan, options);
  const pieceIds = plan.gpus.flatMap(({ pieces }) => pieces.map(({ id }) => id));
  const folders = uniqueNames(pieceIds);
  const workloads = plan.workloads.map(({ name }) => name);
  const sources = uniqueNames(workloads);
  return tenants.map((placed) => {
    const together = placed.piece.tenants;
    const names = uniqueNames(together.map(({ service }) => service));
    return {
      placed,
      folder: folders[placed.n]!,
      name: names[together.indexOf(placed.tenant)]!,
      source: sources[workloads.indexOf(placed.workload.name)]!,
    };
  });
}
