import type { FleetPlan, Warning } from "@partitune/schema";
import type { Emission, EmitOptions, Refusal, Target } from "../emission.ts";
import { type FleetCard, fleetCards } from "./fleet/fleetCards.ts";
import { fleetRefusals } from "./fleet/fleetRefusals.ts";
import { fleetWarnings } from "./fleet/fleetWarnings.ts";
import { writeConfig } from "./migParted/writeConfig.ts";
import { cardMode, settingRefusals } from "./nvidiaSmi/cardMode.ts";
import { commonFile, piecesFile, planFile, scriptFile, textFile, turnWarnings } from "./services/fleetBundle.ts";
import { piecesOf } from "./services/fleetParts.ts";
import { memoryWarnings, percentRefusals } from "./services/mpsLimits.ts";
import { bothSharingsRefusals, taskRefusals, turnsInShareRefusals } from "./services/servingRefusals.ts";
import { hostOf } from "./systemd/hostOf.ts";
import { hostUnits } from "./systemd/hostUnits.ts";
import { systemdReadme } from "./systemd/systemdReadme.ts";
import { systemdValues } from "./systemd/systemdValues.ts";
import { writeUnit } from "./systemd/writeUnit.ts";

/**
 * A host with systemd, at every boot: power modes of cards (oneshot services that put them back when they stop), MIG instances (a drop-in of
 * nvidia-mig-manager), MPS daemons, and the processes of tenants whose workload has a command.
 *
 * Refused: cards that mix ways of cutting, static SM partitions, turns on MPS shares, turns beside several processes, power settings that cards have
 * not, MIG cards named by UUID (nvidia-mig-parted knows indices alone). Warned of: tenants without a command, for which no unit is written.
 */
export const systemd: Target<FleetPlan> = { kinds: ["fleet-plan"], write };

function write(plan: FleetPlan, options: EmitOptions): Emission {
  const cards = fleetCards(plan, options);
  const refusals = refusalsOf(plan, cards);
  if (refusals.length > 0) return { status: "refused", refusals };
  const host = hostOf(plan, options);
  const script = (path: string, executable = true) =>
    scriptFile(new URL(`systemd/${path}`, import.meta.url), path, executable);
  return {
    status: "emitted",
    files: [
      ...["check.sh", "apply.sh", "status.sh", "undo.sh"].map((path) => script(path)),
      script("host.sh", false),
      script("unit.sh", false),
      commonFile(),
      piecesFile(),
      systemdValues(plan, options, host),
      ...hostUnits(options, host).map((unit) => textFile(`units/${unit.name}`, writeUnit(unit))),
      ...(host.cut.length === 0 ? [] : [textFile("mig-parted.yaml", writeConfig(host.cut, host.id))]),
      planFile(plan),
      textFile("README.md", systemdReadme(plan, options, host)),
    ],
    warnings: [
      // Its warning of power modes is for those who do not set them.
      ...fleetWarnings([], plan.synthetic, options),
      ...turnWarnings(plan),
      ...memoryWarnings(plan),
      ...host.tenants.flatMap(({ placed, refusal }) => (refusal === "" ? [] : [noUnit(placed.tenant.id, refusal)])),
    ],
  };
}

function noUnit(tenant: string, refusal: string): Warning {
  return {
    code: "no-unit",
    where: `tenant "${tenant}"`,
    cause: `no unit starts it: its workload ${refusal}`,
    advice: "write a unit that requires the MPS unit of its card, or emit the plan for triton or compose, too",
  };
}

function refusalsOf(plan: FleetPlan, cards: readonly FleetCard[]): readonly Refusal[] {
  const general = fleetRefusals(cards, "systemd", ["whole", "mig", "mps-share"]);
  if (general.length > 0) return general;
  return [
    ...cards.flatMap(powerRefusals),
    ...cards.flatMap(indexRefusals),
    ...turnsInShareRefusals(plan),
    ...bothSharingsRefusals(plan),
    ...percentRefusals(piecesOf(plan)),
    ...taskRefusals(plan),
  ];
}

function powerRefusals({ id, kind, powerMode }: FleetCard): readonly Refusal[] {
  return settingRefusals(cardMode(kind, powerMode)).map((refusal) => ({
    ...refusal,
    where: `card "${id}", ${refusal.where}`,
  }));
}

function indexRefusals({ id, gpu, pieces }: FleetCard): readonly Refusal[] {
  if (/^\d+$/.test(gpu) || pieces.every(({ partition }) => partition.kind !== "mig")) return [];
  const cause = `it is GPU "${gpu}", and nvidia-mig-parted knows cards by index alone`;
  return [{ where: `card "${id}"`, cause, advice: "give its index, which nvidia-smi -L lists" }];
}
