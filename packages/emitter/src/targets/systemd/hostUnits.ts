import type { FleetPlan } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { planId } from "../../planId.ts";
import { fleetCards } from "../fleet/fleetCards.ts";
import { tenantCommand } from "../fleet/tenantCommand.ts";
import { type PlacedPiece, type PlacedTenant, piecesOf, tenantsOf } from "../services/fleetParts.ts";
import { needsMps } from "../services/mpsLimits.ts";
import { uniqueNames } from "../services/uniqueNames.ts";
import type { Unit } from "./writeUnit.ts";

/** An MPS daemon: of a card that is divided or shared whole, or of one MIG instance. */
export interface HostDaemon {
  readonly unit: string;
  readonly placed: PlacedPiece;
  readonly ofCard: boolean;
  /** Folder of its pipes, below /run: where the bundles for mps and mig have them, too. */
  readonly folder: string;
}

/** A tenant, its number in the plan, and its unit; none, and why, where its workload has no command. */
export interface HostTenant {
  readonly placed: PlacedTenant;
  readonly t: number;
  readonly unit: string;
  readonly words: readonly string[];
  readonly refusal: string;
  readonly daemon: HostDaemon | undefined;
}

/** What a plan puts on a host. */
export interface Host {
  readonly units: readonly Unit[];
  readonly daemons: readonly HostDaemon[];
  readonly tenants: readonly HostTenant[];
  /** Numbers of cards whose power mode is not their default. */
  readonly powered: readonly number[];
  /** Units that are started with the plan, instances one by one. */
  readonly wanted: readonly string[];
}

const drivers = ["nvidia-persistenced.service", "nvidia-fabricmanager.service"];
const migManager = "nvidia-mig-manager.service";

export function hostUnits(plan: FleetPlan, options: EmitOptions): Host {
  const id = planId(options.name);
  const prefix = `partitune-${id}`;
  const daemons = daemonsOf(plan, options, prefix, id);
  const tenants = hostTenants(plan, options, prefix, daemons);
  const cards = fleetCards(plan, options);
  const powered = cards.flatMap(({ kind, powerMode }, c) => (powerMode === kind.powerModes[0]!.name ? [] : [c]));
  const mig = cards.some(({ pieces }) => pieces.some(({ partition }) => partition.kind === "mig"));
  const started = tenants.filter(({ refusal }) => refusal === "");
  const wanted = [
    ...powered.map((c) => `${prefix}-power-${c}.service`),
    ...daemons.map(({ unit }) => unit),
    ...started.flatMap(({ unit, placed }) =>
      Array.from({ length: placed.tenant.processes }, (_, i) => unit.replace("@", `@${i}`)),
    ),
  ];
  const command = (verb: string, words: string) => `/bin/sh /etc/partitune/${id}/unit.sh ${verb} ${words}`;
  const service = (name: string, description: string, after: readonly string[], requires: readonly string[]) => ({
    name,
    sections: {
      Unit: [
        ["Description", description],
        ["PartOf", `${prefix}.target`],
        ...(requires.length === 0 ? [] : [["Requires", requires.join(" ")] as const]),
        ["After", [...drivers, ...(mig ? [migManager] : []), ...after].join(" ")],
      ] as const,
    },
  });
  const units: readonly Unit[] = [
    {
      name: `${prefix}.target`,
      sections: {
        Unit: [
          ["Description", `plan "${options.name}"`],
          ["Wants", wanted.join(" ")],
          ["After", wanted.join(" ")],
        ],
        Install: [["WantedBy", "multi-user.target"]],
      },
    },
    // What puts things back is ExecStopPost, which is called after a start that failed half-way, too.
    ...powered.map((c): Unit => {
      const unit = service(
        `${prefix}-power-${c}.service`,
        `power mode "${cards[c]!.powerMode}" of card "${cards[c]!.id}"`,
        [],
        [],
      );
      return withService(unit, [
        ["Type", "oneshot"],
        ["RemainAfterExit", "yes"],
        ["RuntimeDirectory", `partitune/systemd-${id}`],
        ["RuntimeDirectoryPreserve", "yes"],
        ["ExecStart", command("power-set", String(c))],
        ["ExecStopPost", command("power-restore", String(c))],
      ]);
    }),
    ...daemons.map(({ unit: name, placed, folder, ofCard }): Unit => {
      const what = ofCard ? `card "${placed.card.id}"` : `piece "${placed.piece.id}"`;
      const after = powered.includes(placed.c) ? [`${prefix}-power-${placed.c}.service`] : [];
      const words = `${ofCard ? "card" : "piece"} ${placed.n}`;
      return withService(service(name, `MPS daemon of ${what}`, after, []), [
        ["Type", "forking"],
        ["Environment", `CUDA_MPS_PIPE_DIRECTORY=/run/${folder}`],
        ["Environment", `CUDA_MPS_LOG_DIRECTORY=/var/log/${folder}`],
        ["RuntimeDirectory", `partitune/systemd-${id} ${folder}`],
        ["RuntimeDirectoryPreserve", "yes"],
        ["LogsDirectory", folder],
        ["ExecStart", command("mps-start", words)],
        ["ExecStop", command("mps-stop", words)],
        ["ExecStopPost", command("mps-restore", words)],
        ["Restart", "on-failure"],
      ]);
    }),
    ...started.map(({ unit: name, placed, t, daemon }): Unit => {
      const needs = daemon === undefined ? [] : [daemon.unit];
      const { tenant, piece } = placed;
      return withService(
        service(
          name,
          `tenant "${tenant.id}" of plan "${options.name}" on piece "${piece.id}", process %i`,
          needs,
          needs,
        ),
        [
          ...(daemon === undefined ? [] : [["Environment", `CUDA_MPS_PIPE_DIRECTORY=/run/${daemon.folder}`] as const]),
          ["RuntimeDirectory", `partitune/systemd-${id}`],
          ["RuntimeDirectoryPreserve", "yes"],
          ["ExecStart", command("tenant", `${t} %i`)],
          ["Restart", "on-failure"],
        ],
      );
    }),
    ...(mig ? [migDropIn(id)] : []),
  ];
  return { units, daemons, tenants, powered, wanted };
}

type Settings = readonly (readonly [string, string])[];

function withService(
  { name, sections }: { readonly name: string; readonly sections: { readonly Unit: Settings } },
  settings: Settings,
): Unit {
  return { name, sections: { ...sections, Service: settings } };
}

/** Without the file's name the manager's service makes a configuration of its own at every boot. */
function migDropIn(id: string): Unit {
  return {
    name: `${migManager}.d/partitune-${id}.conf`,
    sections: {
      Service: [
        ["Environment", `MIG_PARTED_CONFIG_FILE=/etc/partitune/${id}/mig-parted.yaml`],
        ["Environment", `MIG_PARTED_SELECTED_CONFIG=${id}`],
      ],
    },
  };
}

function daemonsOf(plan: FleetPlan, options: EmitOptions, prefix: string, id: string): readonly HostDaemon[] {
  const needed = piecesOf(plan, options).filter(needsMps);
  return needed.flatMap((placed): readonly HostDaemon[] => {
    if (placed.piece.partition.kind === "mig")
      return [
        {
          unit: `${prefix}-mps-piece-${placed.n}.service`,
          placed,
          ofCard: false,
          folder: `partitune/mig-${id}/mps-${placed.n}`,
        },
      ];
    if (needed.some(({ c, n }) => c === placed.c && n < placed.n)) return [];
    return [
      {
        unit: `${prefix}-mps-${placed.c}.service`,
        placed,
        ofCard: true,
        folder: `partitune/mps-${id}/mps-${placed.c}`,
      },
    ];
  });
}

function hostTenants(
  plan: FleetPlan,
  options: EmitOptions,
  prefix: string,
  daemons: readonly HostDaemon[],
): readonly HostTenant[] {
  const tenants = tenantsOf(plan, options);
  const names = uniqueNames(tenants.map(({ tenant }) => tenant.id));
  return tenants.map((placed, t) => ({
    placed,
    t,
    unit: `${prefix}-tenant-${names[t]!}@.service`,
    ...tenantCommand(plan, placed.tenant, options),
    daemon: daemons.find((daemon) => (daemon.ofCard ? daemon.placed.c === placed.c : daemon.placed.n === placed.n)),
  }));
}
