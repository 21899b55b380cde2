import type { FleetPlan, Warning } from "@partitune/schema";
import type { Emission, EmitOptions, Refusal, Target } from "../emission.ts";
import { fleetCards } from "./fleet/fleetCards.ts";
import { fleetRefusals } from "./fleet/fleetRefusals.ts";
import { fleetWarnings } from "./fleet/fleetWarnings.ts";
import { commonFile, piecesFile, planFile, scriptFile, textFile, valuesFile } from "./services/fleetBundle.ts";
import { type PlacedPiece, piecesOf } from "./services/fleetParts.ts";
import { memoryWarnings, percentRefusals, pieceLimits } from "./services/mpsLimits.ts";
import { taskRefusals } from "./services/servingRefusals.ts";
import { type TritonModel, tritonModels } from "./triton/tritonModels.ts";
import { tritonReadme } from "./triton/tritonReadme.ts";
import { turnsTotal } from "./triton/turns.ts";
import { writeModelConfig } from "./triton/writeModelConfig.ts";

/** First of the three ports of the first piece's server, as Triton's own default. */
const firstPort = 8000;

/**
 * Triton inference servers, one for each piece: a model repository with a `config.pbtxt` for each tenant (instances, batches, queue delay, and the
 * rate limiter where tenants take turns), and the command that starts each server on its piece.
 *
 * Refused: pieces that a server cannot be put on from outside; workloads that answer no requests. A part of a piece for one model cannot be said,
 * and no plan asks for it: pieces are cut by MPS or MIG. Warned of: several processes, which become threads of one.
 */
export const triton: Target<FleetPlan> = { kinds: ["fleet-plan"], write };

function write(plan: FleetPlan, options: EmitOptions): Emission {
  const cards = fleetCards(plan, options);
  const general = fleetRefusals(cards, "triton", ["whole", "mig", "mps-share"]);
  const refusals: readonly Refusal[] =
    general.length > 0 ? general : [...percentRefusals(piecesOf(plan)), ...taskRefusals(plan)];
  if (refusals.length > 0) return { status: "refused", refusals };
  const models = tritonModels(plan, options);
  const scripts = ["check.sh", "apply.sh", "status.sh", "undo.sh", "serve.sh"];
  const script = (path: string, executable = true) =>
    scriptFile(new URL(`triton/${path}`, import.meta.url), path, executable);
  return {
    status: "emitted",
    files: [
      ...scripts.map((path) => script(path)),
      script("triton.sh", false),
      commonFile(),
      piecesFile(),
      valuesFile(plan, options, {
        variables: {},
        lists: {
          piece: piecesOf(plan, options).map((placed) => pieceWords(placed, models)),
          model: models.map(modelWords),
        },
      }),
      ...models.map((model) =>
        textFile(`repository/${model.folder}/${model.name}/config.pbtxt`, writeModelConfig(model)),
      ),
      planFile(plan),
      textFile("README.md", tritonReadme(plan, options, models)),
    ],
    warnings: [
      ...fleetWarnings(cards, plan.synthetic, options),
      ...memoryWarnings(plan, inShare),
      ...models.flatMap(processesWarning),
    ],
  };
}

/** Number, id, folder, number and name of the card, kind, profile, nth of it, percent, MiB, first port, copies of the resource that turns are taken with. */
function pieceWords(placed: PlacedPiece, models: readonly TritonModel[]): readonly (string | number)[] {
  const { piece, card, c, n, nth } = placed;
  const { percent, memoryMebibytes } = pieceLimits(placed);
  return [
    n,
    piece.id,
    models.find((model) => model.placed.n === n)!.folder,
    c,
    card.gpu,
    piece.partition.kind,
    piece.partition.kind === "mig" ? piece.partition.profile : "",
    nth,
    percent ?? "",
    inShare(placed) ? (memoryMebibytes ?? "") : "",
    firstPort + 3 * n,
    turnsTotal(piece) ?? "",
  ];
}

/** A server on an instance or a card is alone there, however many processes were planned. */
function inShare({ piece }: Pick<PlacedPiece, "piece">): boolean {
  return piece.partition.kind === "mps-share";
}

function modelWords({ placed, folder, name, source }: TritonModel): readonly (string | number)[] {
  return [placed.n, folder, name, source, placed.tenant.id];
}

function processesWarning({ placed: { tenant } }: TritonModel): readonly Warning[] {
  if (tenant.processes === 1) return [];
  const cause = `its ${tenant.processes} processes become as many threads of one server, which share a CUDA context and may be slower or faster than measured`;
  return [
    {
      code: "threads",
      where: `tenant "${tenant.id}"`,
      cause,
      advice: "measure it under Triton before relying on the promise",
    },
  ];
}
