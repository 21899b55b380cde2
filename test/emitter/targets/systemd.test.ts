import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { devices } from "@partitune/profiler";
import type { FleetPlan } from "@partitune/schema";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { migFleetPlan, mpsFleetPlan } from "../../schema/exampleFleetPlan.ts";
import { isInstalled } from "../fixtures/bundle.ts";
import { emitted, refused, type ServingBundle, servingBundle, shellComplaints } from "../fixtures/servingBundle.ts";
import { anyNames, namedPlan, nastyNames, pieceOf, planOfPieces, wholeCard } from "../fixtures/servingPlans.ts";

const made: ServingBundle[] = [];
afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

const id = "night-e6de9f61";

/** The same plan with its cards in a power mode that is not their default. */
function capped(plan: FleetPlan): FleetPlan {
  const mode = { name: "capped 50%", powerCapWatts: 250, gpuHertz: 1.2e9, memoryHertz: 1.215e9 };
  const a100 = devices.a100;
  return {
    ...plan,
    devices: [{ ...a100, powerModes: [...a100.powerModes, mode] }],
    gpus: plan.gpus.map((gpu) => ({ ...gpu, powerMode: mode.name })),
  };
}

/** Units by name, each as sections with the values of each key, read as systemd reads them: the last of a line's words is not continued. */
function unitsOf(plan: FleetPlan, options = {}): ReadonlyMap<string, Readonly<Record<string, readonly string[]>>> {
  const { files } = emitted(plan, "systemd", options);
  const units = [...files.values()].filter(({ path }) => path.startsWith("units/"));
  return new Map(units.map(({ path, content }) => [path.slice("units/".length), readUnit(content)]));
}

function readUnit(text: string): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {};
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#") || /^\[(Unit|Service|Install)\]$/.test(line)) continue;
    expect(line).not.toMatch(/\\$/);
    const [, key, value] = /^([A-Z][A-Za-z]*)=(.*)$/s.exec(line)!;
    found[key!] = [...(found[key!] ?? []), value!];
  }
  return found;
}

/** `%%` is a percent sign; anything else after one would be a specifier. */
function expanded(text: string): string {
  return text.replaceAll(/%./gu, (specifier) => (specifier === "%%" ? "%" : `SPECIFIER ${specifier}`));
}

describe("units", () => {
  it("are an MPS daemon for a divided card and its tenants as its clients, process by process", () => {
    const plan = planOfPieces([
      [
        pieceOf("p", { kind: "mps-share", share: 0.6 }, ["faces", 2]),
        pieceOf("q", { kind: "mps-share", share: 0.4 }, ["notes"]),
      ],
    ]);
    const units = unitsOf(plan);
    const names = ["p-0-91d19550", "q-0-b7985abb"].map((name) => `partitune-${id}_tenant-${name}@`);
    expect([...units.keys()]).toEqual([
      `partitune-${id}.target`,
      `partitune-${id}_mps-0.service`,
      ...names.map((name) => `${name}.service`),
    ]);
    expect(units.get(`partitune-${id}.target`)!.Wants).toEqual([
      [`partitune-${id}_mps-0.service`, `${names[0]}0.service`, `${names[0]}1.service`, `${names[1]}0.service`].join(
        " ",
      ),
    ]);
    expect(units.get(`partitune-${id}_mps-0.service`)).toMatchObject({
      Type: ["forking"],
      Environment: [
        `CUDA_MPS_PIPE_DIRECTORY=/run/partitune/mps-${id}/mps-0`,
        `CUDA_MPS_LOG_DIRECTORY=/var/log/partitune/mps-${id}/mps-0`,
      ],
      ExecStart: [`/bin/sh /etc/partitune/${id}/unit.sh mps-start card 0`],
      ExecStop: [`/bin/sh /etc/partitune/${id}/unit.sh mps-stop card 0`],
    });
    expect(units.get(`${names[0]}.service`)).toMatchObject({
      Requires: [`partitune-${id}_mps-0.service`],
      ExecStart: [`/bin/sh /etc/partitune/${id}/unit.sh tenant 0 %i`],
    });
  });

  it("are a drop-in of the MIG manager with the configuration's name and file, and a daemon within a shared instance", () => {
    const units = unitsOf(migFleetPlan());
    expect(units.get(`nvidia-mig-manager.service.d/partitune-${id}.conf`)).toEqual({
      Environment: [`MIG_PARTED_CONFIG_FILE=/etc/partitune/${id}/mig-parted.yaml`, `MIG_PARTED_SELECTED_CONFIG=${id}`],
    });
    const config = parseDocument(emitted(migFleetPlan(), "systemd").files.get("mig-parted.yaml")!.content).toJS();
    expect(config["mig-configs"][id]).toMatchObject([
      { devices: [0], "mig-enabled": true, "mig-devices": { "3g.40gb": 1, "2g.20gb": 1, "1g.10gb": 1 } },
    ]);
    expect(units.get(`partitune-${id}_mps-piece-2.service`)!.After![0]).toContain("nvidia-mig-manager.service");
  });

  it("are oneshots that set power and put it back, only for cards that are not in their default mode", () => {
    expect([...unitsOf(wholeCard()).keys()].filter((name) => name.includes("power"))).toEqual([]);
    expect(unitsOf(capped(wholeCard())).get(`partitune-${id}_power-0.service`)).toMatchObject({
      Description: ['power mode "capped 50%%" of card "card 0"'],
      Type: ["oneshot"],
      RemainAfterExit: ["yes"],
      ExecStart: [`/bin/sh /etc/partitune/${id}/unit.sh power-set 0`],
      ExecStopPost: [`/bin/sh /etc/partitune/${id}/unit.sh power-restore 0`],
    });
  });

  it("are not written for tenants whose workload has no command, with a warning", () => {
    const plan = wholeCard();
    const recorded = {
      ...plan,
      workloads: plan.workloads.map((each) => ({
        ...each,
        engine: { engine: "recorded", source: "a table" } as const,
      })),
    };
    expect(emitted(recorded, "systemd").warnings).toContainEqual(
      expect.objectContaining({
        code: "no-unit",
        where: 'tenant "all/0"',
        cause: expect.stringContaining("is only a recording"),
      }),
    );
    expect([...unitsOf(recorded).keys()]).toEqual([`partitune-${id}.target`]);
  });

  it("let no name break out: specifiers, quotes and continued lines mean themselves", () => {
    fc.assert(
      fc.property(anyNames, (names) => {
        const units = unitsOf(namedPlan(names), { name: names.plan });
        const tenants = [...units].filter(([name]) => name.includes("_tenant-"));
        for (const name of units.keys()) expect(name).toMatch(/^[a-zA-Z0-9@._/-]{1,200}$/);
        const told = tenants.map(([, { Description }]) => {
          const [, words] = /^(.*), process %i$/su.exec(Description![0]!)!;
          return expanded(words!);
        });
        expect(told).toEqual(
          names.tenants.map((tenant, i) => `tenant "${tenant}" of plan "${names.plan}" on piece "${names.pieces[i]}"`),
        );
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  it("are read by systemd itself without complaint", ({ skip }) => {
    if (!isInstalled("systemd-analyze")) return skip("systemd-analyze is not installed (Debian package systemd)");
    const names = (i: number) => nastyNames[i % nastyNames.length]!;
    const hostile = namedPlan({
      plan: "p",
      cards: [names(11), names(12)],
      pieces: [names(10), names(11), names(12), names(13)],
      tenants: [names(11), names(12), names(13), names(24)],
      services: [names(14), names(15)],
      workloads: [names(16), names(17)],
    });
    const folder = mkdtempSync(join(tmpdir(), "partitune-units-"));
    for (const [name, plan] of [
      [names(11), hostile],
      ["power", capped(mpsFleetPlan())],
      ["mig", migFleetPlan()],
    ] as const)
      for (const { path, content } of emitted(plan, "systemd", { name }).files.values())
        if (path.startsWith("units/")) {
          const file = join(folder, path.slice("units/".length));
          mkdirSync(dirname(file), { recursive: true });
          writeFileSync(file, content);
        }
    // The manager's own service, so that its drop-ins are read.
    writeFileSync(join(folder, "nvidia-mig-manager.service"), "[Service]\nType=oneshot\nExecStart=/bin/true\n");
    const files = readdirSync(folder).filter((name) => !name.endsWith(".d"));
    const run = spawnSync("systemd-analyze", ["verify", "--man=no", ...files.map((name) => join(folder, name))], {
      encoding: "utf8",
      env: { ...process.env, SYSTEMD_UNIT_PATH: `${folder}:` },
    });
    rmSync(folder, { recursive: true });
    expect({ status: run.status, said: run.stderr.split("\n").filter((line) => line.includes(folder)) }).toEqual({
      status: 0,
      said: [],
    });
  });
});

describe("the target systemd", () => {
  it.each<[string, () => FleetPlan, RegExp]>([
    [
      "processor settings in a power mode",
      () => {
        const plan = capped(wholeCard());
        return {
          ...plan,
          devices: plan.devices.map((each) => ({
            ...each,
            powerModes: each.powerModes.map((mode) => (mode.name.startsWith("capped") ? { ...mode, cores: 8 } : mode)),
          })),
        };
      },
      /card "card 0", power mode "capped 50%": it sets 8 processor cores/,
    ],
    [
      "turns on an MPS share",
      () => planOfPieces([[pieceOf("p", { kind: "mps-share", share: 0.5 }, ["faces"], ["notes"])]]),
      /2 tenants take turns on an MPS share/,
    ],
    [
      "static SM partitions",
      () => planOfPieces([[pieceOf("p", { kind: "sm-partition", multiprocessors: 40 }, ["faces"])]]),
      /does not write "sm-partition:40"/,
    ],
  ])("refuses %s", (_, plan, words) => {
    expect(refused(plan(), "systemd")).toMatch(words);
  });

  it("refuses MIG cards by UUID, which nvidia-mig-parted does not know", () => {
    expect(refused(migFleetPlan(), "systemd", { gpus: ["GPU-00000000-1111-2222-3333-444444444444"] })).toMatch(
      /knows cards by index alone/,
    );
  });
});

const uuid = "GPU-00000000-1111-2222-3333-444444444444";
const listing = `GPU 0: Example card (UUID: ${uuid})
  MIG 3g.40gb     Device  0: (UUID: MIG-aaaaaaaa-0000-5000-8000-000000000000)
  MIG 2g.20gb     Device  1: (UUID: MIG-bbbbbbbb-0000-5000-8000-000000000000)
  MIG 1g.10gb     Device  2: (UUID: MIG-cccccccc-0000-5000-8000-000000000000)
`;

function onHost(plan: FleetPlan, world: Readonly<Record<string, string>> = {}): ServingBundle {
  const files = {
    listing,
    manager: "",
    layout: "as before",
    "limit-0": "300.00",
    "clocks-0": "",
    [`mode-${uuid}`]: "Default",
    ...world,
  };
  const variables = { PARTITUNE_UNITS_DIR: "WORLD/units", PARTITUNE_ETC_DIR: "WORLD/etc" };
  const one = servingBundle(plan, "systemd", files, variables, { home: "/nowhere" });
  made.push(one);
  return one;
}

/** What a plan may leave different behind it. */
const stateOf = (one: ServingBundle) => [
  ...["layout", "limit-0", "clocks-0", `mode-${uuid}`].map((path) => one.read(path)),
  ...["units", "etc", "active", "enabled", "daemons"].flatMap((folder) => filesBelow(join(one.world, folder))),
];

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

describe("the scripts for systemd", () => {
  it.for(["bash", "dash", "shellcheck"] as const)("are read without complaint by %s", (reader, { skip }) => {
    if (!isInstalled(reader)) return skip(`${reader} is not installed (Debian package ${reader})`);
    expect(shellComplaints(reader, onHost(capped(migFleetPlan())).folder)).toBe("");
  });

  it.for<[string, () => FleetPlan]>([
    ["MIG instances", migFleetPlan],
    ["MPS shares in a power mode", () => capped(mpsFleetPlan())],
    ["a whole card", wholeCard],
  ])("check, apply, show and undo a plan of %s, and may be repeated", ([, plan], { skip }) => {
    if (process.getuid?.() !== 0) return skip("only root may install units");
    const one = onHost(plan());
    const before = stateOf(one);
    const check = one.script("check.sh");
    expect(check).toMatchObject({ code: 0 });
    for (const line of check.output.trim().split("\n")) expect(line).toMatch(/^(ok {4}|note {2})/);
    expect([one.calls(), stateOf(one)]).toEqual([[], before]);
    expect(one.script("status.sh").code).toBe(1);
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(one.script("status.sh")).toMatchObject({ code: 0 });
    const applied = stateOf(one);
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(stateOf(one)).toEqual(applied);
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(stateOf(one)).toEqual(before);
    expect(one.script("undo.sh")).toMatchObject({ code: 0, output: expect.stringContaining("is not installed") });
  });

  it("set power, take the card for MPS and start tenants under their limits", ({ skip }) => {
    if (process.getuid?.() !== 0) return skip("only root may install units");
    const one = onHost(capped(mpsFleetPlan()));
    expect(one.script("apply.sh").code).toBe(0);
    expect([one.read("limit-0"), one.read(`mode-${uuid}`)]).toEqual(["250", "Exclusive_Process"]);
    expect(one.read("clocks-0").split("\n")).toEqual(["-lmc 1215,1215", "-lgc 1200,1200"]);
    expect(one.read(`daemons/partitune/mps-${id}/mps-0`)).toBe(uuid);
    const started = one.read("started");
    expect(started).toContain(
      [
        "--",
        "env",
        "PARTITUNE_THREADS=1",
        "OMP_NUM_THREADS=1",
        "serve",
        "vgg16",
        "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE=30",
        "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT=0=2304M",
        `CUDA_MPS_PIPE_DIRECTORY=/run/partitune/mps-${id}/mps-0`,
        "PARTITUNE_BATCH=4",
        "PARTITUNE_MAX_DELAY_S=0",
        "PARTITUNE_PROCESS=0",
        "PARTITUNE_TENANT_ID=photos-0",
      ].join("\n"),
    );
  });

  it("start tenants of MIG instances on the instance, or as clients of its daemon", ({ skip }) => {
    if (process.getuid?.() !== 0) return skip("only root may install units");
    const one = onHost(migFleetPlan());
    expect(one.script("apply.sh").code).toBe(0);
    expect(one.calls()).toContain("systemctl restart nvidia-mig-manager.service");
    const started = one.read("started");
    expect(started).toMatch(/CUDA_VISIBLE_DEVICES=MIG-bbbbbbbb\S+\n(?:PARTITUNE_.*\n)*PARTITUNE_TENANT_ID=photos-0/);
    expect(started).toMatch(
      /PIPE_DIRECTORY=\/run\/partitune\/mig-night-e6de9f61\/mps-2\nPARTITUNE_BATCH=4\nPARTITUNE_MAX_DELAY_S=0\nPARTITUNE_PROCESS=1\nPARTITUNE_TENANT_ID=faces-0/,
    );
  });

  it("replace an earlier version of the plan", ({ skip }) => {
    if (process.getuid?.() !== 0) return skip("only root may install units");
    const one = onHost(capped(mpsFleetPlan()));
    expect(one.script("apply.sh").code).toBe(0);
    one.write(wholeCard(), { home: "/nowhere" });
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect([one.read("limit-0"), one.read("clocks-0"), one.read(`mode-${uuid}`)]).toEqual(["300.00", "", "Default"]);
    expect(readdirSync(join(one.world, "units")).filter((name) => /mps|power/.test(name))).toEqual([]);
    expect(one.script("undo.sh").code).toBe(0);
  });

  it("can be undone when any call fails, and say which did", ({ skip }) => {
    if (process.getuid?.() !== 0) return skip("only root may install units");
    const one = onHost(capped(mpsFleetPlan()));
    const before = stateOf(one);
    for (const step of [1, 2, 3, 4, 5, 6, 7]) {
      const at = one.calls().length + step;
      const { code, output } = one.script("apply.sh", { FAKE_FAIL_AT: String(at) });
      expect({ step, code }).toEqual({ step, code: 1 });
      expect(output).toMatch(/failed.*undo.sh removes what was installed/s);
      expect(one.script("undo.sh")).toMatchObject({ code: 0 });
      expect(stateOf(one)).toEqual(before);
    }
  });

  it("leave the units of a plan alone whose id begins like this one's", ({ skip }) => {
    if (process.getuid?.() !== 0) return skip("only root may install units");
    const other = `units/partitune-${id}-0a1b2c3d_mps-0.service`;
    const one = onHost(mpsFleetPlan(), { [other]: "[Service]\n" });
    expect(one.script("apply.sh").code).toBe(0);
    expect(one.script("undo.sh").code).toBe(0);
    expect(one.has(other)).toBe(true);
  });

  it("say which unit does not stay active", ({ skip }) => {
    if (process.getuid?.() !== 0) return skip("only root may install units");
    const one = onHost(mpsFleetPlan(), { failing: `partitune-${id}_tenant-photos-0@0.service\n` });
    expect(one.script("apply.sh")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/still not so: unit \S+_tenant-photos-0@0.service is active/),
    });
    expect(one.script("status.sh")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/inactive {2}\S+photos-0@0/),
    });
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
  });

  it("change nothing where the layout before cannot be recorded", ({ skip }) => {
    if (process.getuid?.() !== 0) return skip("only root may install units");
    const one = onHost(migFleetPlan(), { "no-export": "" });
    expect(one.script("apply.sh")).toMatchObject({ code: 1, output: expect.stringContaining("so nothing is changed") });
    expect(one.calls()).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ["a card is missing", { listing: "" }, /FAIL {2}piece "gpu0.0": card 0 is not there/],
    [
      "another drop-in configures the manager",
      { "units/nvidia-mig-manager.service.d/z.conf": "" },
      /note {2}drop-in .*z.conf also configures/,
    ],
  ])("find that %s", (_, world, words) => {
    expect(onHost(migFleetPlan(), world).script("check.sh").output).toMatch(words);
  });
});
