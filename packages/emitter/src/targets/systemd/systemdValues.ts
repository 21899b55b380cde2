import type { FleetPlan } from "@partitune/schema";
import type { EmitOptions, EmittedFile } from "../../emission.ts";
import { shellQuote } from "../../shellQuote.ts";
import { cardMode, settingVariables } from "../nvidiaSmi/cardMode.ts";
import { mpsEnvironment } from "../services/containerEnvironment.ts";
import { valuesFile } from "../services/fleetBundle.ts";
import { piecesOf } from "../services/fleetParts.ts";
import { clientLimits } from "../services/mpsLimits.ts";
import { type Host, type HostTenant, startedTenants, wantedUnits } from "./hostOf.ts";

/** The plan as shell text: lists of cards, pieces and units, and for each tenant that is started a function that calls a command with its own. */
export function systemdValues(plan: FleetPlan, options: EmitOptions, host: Host): EmittedFile {
  const values = valuesFile(plan, options, {
    variables: {
      home: options.home,
      directory: options.directory,
      ready_timeout_s: Math.ceil(options.readyTimeoutSeconds ?? 120),
      mig: host.cut.length > 0 ? "yes" : "no",
      mps: host.daemons.length > 0 ? "yes" : "no",
    },
    lists: {
      piece: piecesOf(plan, options).map(({ n, piece, card, nth }) => [
        n,
        piece.id,
        card.gpu,
        piece.partition.kind,
        piece.partition.kind === "mig" ? piece.partition.profile : "",
        nth,
      ]),
      power: host.powered.map(({ c, card: { kind, powerMode, gpu } }) => {
        const { power_cap_w, gpu_mhz, memory_mhz } = settingVariables(cardMode(kind, powerMode));
        return [c, gpu, power_cap_w!, gpu_mhz!, memory_mhz!];
      }),
      unit: wantedUnits(host).map((unit) => [unit]),
    },
  });
  const tenants = startedTenants(host).map(tenantFunction);
  return { ...values, content: `${values.content}${tenants.join("")}` };
}

/** Sets what the tenant's server is told, and calls the command given to it with the engine's words. */
function tenantFunction({ placed, t, words, daemon }: HostTenant): string {
  const { tenant } = placed;
  const limits = Object.entries(daemon === undefined ? {} : mpsEnvironment(clientLimits(placed)));
  const variables = {
    tenant_id: tenant.id,
    piece: placed.n,
    in_mps: daemon === undefined ? "no" : "yes",
    batch: tenant.batch,
    max_delay_s: tenant.maxDelaySeconds,
    limits: limits.map(([name, value]) => `${name}=${value}`).join(" "),
  };
  const lines = Object.entries(variables).map(([name, value]) => `  ${name}=${shellQuote(String(value))}\n`);
  return `\ntenant_${t}() {\n${lines.join("")}  "$@" \\\n    ${words.map(shellQuote).join(" \\\n    ")}\n}\n`;
}
