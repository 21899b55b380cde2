import type { FleetPlan } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { markdownCode as code } from "../../markdownCode.ts";
import { fleetReadme } from "../services/fleetReadme.ts";
import type { TritonModel } from "./tritonModels.ts";

const usage = `    ./check.sh          can this machine run it? one line for each thing looked at; changes nothing
    ./serve.sh PIECE    become the server of a piece (for your supervisor); without a piece, list them
    ./apply.sh          make this the current version of the repository and have servers that run load it; may be repeated
    ./status.sh         does every server and every model answer?
    ./undo.sh           make the version before current again and have servers load it; may be repeated

Set before:

- \`PARTITUNE_MODELS\`: a folder with one folder for each workload, in it versions as Triton has them, such as \`resnet50/1/model.onnx\`.
- \`PARTITUNE_TRITON_REPOSITORY\`: the folder in which this plan's repositories are kept, one for each piece.
- \`PARTITUNE_TRITON_HOST\` (127.0.0.1): where the servers listen.
- \`PARTITUNE_TIMEOUT_S\` (300): how long a model may take to load.

Call apply.sh first, then start the servers.`;

const notes = [
  "A server is one process on one piece: a MIG instance, an MPS share or a card. Create the pieces first (emit the plan for `mig` or `mps`). A server whose piece or limits change is to be started again: they are fixed when it starts.",
  "Instances of a model are threads of its server, not processes: only approximately what was measured with several processes.",
  "Tenants of one piece take turns by the rate limiter: every batch needs its part of the resource `turn`. The order is that of equal priorities, not the plan's.",
  "Triton counts the delay from a request's arrival, the plan from when a process is free; so a batch may leave a little earlier than planned.",
  "A model of an unknown format has no platform in its configuration: Triton finds it by the file's name, such as `model.plan`, and inputs and outputs by the model.",
] as const;

/** Words for the operator of Triton servers, in Markdown. */
export function tritonReadme(plan: FleetPlan, options: EmitOptions, models: readonly TritonModel[]): string {
  const named = new Map(models.map(({ placed, folder, name }) => [placed.tenant.id, `${folder}/${name}`]));
  const sources = [...new Map(models.map(({ placed, source }) => [source, placed.workload.name]))];
  return fleetReadme(plan, options, {
    title: "for Triton inference servers, one on each piece",
    usage: `${usage}\n\nFolders of models: ${sources.map(([source, workload]) => `${code(source)} for workload ${code(workload)}`).join(", ")}.`,
    notes,
    nameOf: (tenant) => named.get(tenant)!,
  });
}
