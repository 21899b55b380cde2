import type { EmitOptions } from "../../emission.ts";
import {
  type Host,
  type HostDaemon,
  type HostTenant,
  type PoweredCard,
  startedTenants,
  wantedUnits,
} from "./hostOf.ts";
import type { Settings, Unit } from "./writeUnit.ts";

/** What makes the cards usable comes before whatever uses them. */
const drivers = ["nvidia-persistenced.service", "nvidia-fabricmanager.service"];
const migManager = "nvidia-mig-manager.service";

/** The units of a host: one that starts all others, and one for each thing that is set, served or run. */
export function hostUnits({ name }: EmitOptions, host: Host): readonly Unit[] {
  return [
    targetUnit(host, name),
    ...host.powered.map((powered) => powerUnit(host, powered)),
    ...host.daemons.map((daemon) => daemonUnit(host, daemon)),
    ...startedTenants(host).map((tenant) => tenantUnit(host, name, tenant)),
    ...(host.cut.length === 0 ? [] : [migDropIn(host)]),
  ];
}

function targetUnit(host: Host, plan: string): Unit {
  const wanted = wantedUnits(host).join(" ");
  return {
    name: `${host.prefix}.target`,
    sections: {
      Unit: [
        ["Description", `plan "${plan}"`],
        ["Wants", wanted],
        ["After", wanted],
      ],
      Install: [["WantedBy", "multi-user.target"]],
    },
  };
}

/** What puts things back is ExecStopPost, which is called after a start that failed half-way, too. */
function powerUnit(host: Host, { unit, c, card }: PoweredCard): Unit {
  return {
    name: unit,
    sections: {
      Unit: unitSettings(host, `power mode "${card.powerMode}" of card "${card.id}"`, []),
      Service: [
        ["Type", "oneshot"],
        ["RemainAfterExit", "yes"],
        ...runtimeFolders(host),
        ["ExecStart", command(host, `power-set ${c}`)],
        ["ExecStopPost", command(host, `power-restore ${c}`)],
      ],
    },
  };
}

function daemonUnit(host: Host, { unit, placed, folder, ofCard }: HostDaemon): Unit {
  const what = ofCard ? `card "${placed.card.id}"` : `piece "${placed.piece.id}"`;
  const powered = host.powered.filter(({ c }) => c === placed.c).map((each) => each.unit);
  const words = `${ofCard ? "card" : "piece"} ${placed.n}`;
  return {
    name: unit,
    sections: {
      Unit: unitSettings(host, `MPS daemon of ${what}`, powered),
      Service: [
        ["Type", "forking"],
        ["Environment", `CUDA_MPS_PIPE_DIRECTORY=/run/${folder}`],
        ["Environment", `CUDA_MPS_LOG_DIRECTORY=/var/log/${folder}`],
        ...runtimeFolders(host, folder),
        ["LogsDirectory", folder],
        ["ExecStart", command(host, `mps-start ${words}`)],
        ["ExecStop", command(host, `mps-stop ${words}`)],
        ["ExecStopPost", command(host, `mps-restore ${words}`)],
        ["Restart", "on-failure"],
      ],
    },
  };
}

function tenantUnit(host: Host, plan: string, { unit, placed: { tenant, piece }, t, daemon }: HostTenant): Unit {
  const description = `tenant "${tenant.id}" of plan "${plan}" on piece "${piece.id}", process %i`;
  const needs = daemon === undefined ? [] : [daemon.unit];
  const pipes: Settings =
    daemon === undefined ? [] : [["Environment", `CUDA_MPS_PIPE_DIRECTORY=/run/${daemon.folder}`]];
  return {
    name: unit,
    sections: {
      Unit: [...unitSettings(host, description, needs), ...needs.map((need) => ["Requires", need] as const)],
      Service: [
        ...pipes,
        ...runtimeFolders(host),
        ["ExecStart", command(host, `tenant ${t} %i`)],
        ["Restart", "on-failure"],
      ],
    },
  };
}

/** Without the file's name the manager's service makes a configuration of its own at every boot. */
function migDropIn({ id, prefix }: Host): Unit {
  return {
    name: `${migManager}.d/${prefix}.conf`,
    sections: {
      Service: [
        ["Environment", `MIG_PARTED_CONFIG_FILE=/etc/partitune/${id}/mig-parted.yaml`],
        ["Environment", `MIG_PARTED_SELECTED_CONFIG=${id}`],
      ],
    },
  };
}

function unitSettings({ prefix, cut }: Host, description: string, after: readonly string[]): Settings {
  return [
    ["Description", description],
    ["PartOf", `${prefix}.target`],
    ["After", [...drivers, ...(cut.length === 0 ? [] : [migManager]), ...after].join(" ")],
  ];
}

/** Folders below /run that outlast the unit, since others have their records there. */
function runtimeFolders({ id }: Host, ...more: readonly string[]): Settings {
  return [
    ["RuntimeDirectory", [`partitune/systemd-${id}`, ...more].join(" ")],
    ["RuntimeDirectoryPreserve", "yes"],
  ];
}

function command({ id }: Host, words: string): string {
  return `/bin/sh /etc/partitune/${id}/unit.sh ${words}`;
}
