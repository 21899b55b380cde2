import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type EmitOptions, emit } from "@partitune/emitter";
import type { FleetPiece, FleetPlan, Partition } from "@partitune/schema";
import { migTables } from "@partitune/schema";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { exampleTenant, migFleetPlan, mpsFleetPlan } from "../../schema/exampleFleetPlan.ts";
import { isInstalled } from "../fixtures/bundle.ts";
import { a100Profiles, type FleetNode, fleetNode, uuidOf } from "../fixtures/fleetNode.ts";

const made: FleetNode[] = [];
afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

function node(plan: FleetPlan = migFleetPlan(), options: Partial<EmitOptions> = {}, cards = 1): FleetNode {
  const one = fleetNode(
    "mig-parted",
    plan,
    options,
    Array.from({ length: cards }, () => ({})),
  );
  made.push(one);
  return one;
}

function cutInto(...profiles: readonly (readonly [string, number])[]): FleetPlan {
  const pieces = profiles.map(([profile, start], i): FleetPiece => {
    const partition: Partition = { kind: "mig", profile, start };
    return { id: `piece ${i}`, partition, tenants: [exampleTenant(`tenant ${i}`, "faces", 0.004)] };
  });
  return migFleetPlan({ gpus: [{ ...migFleetPlan().gpus[0]!, pieces }] });
}

const options: EmitOptions = { name: "day", home: "/opt/partitune", directory: "/" };
const configuration = "day-e44f21fd";
const id = `mig-parted-${configuration}`;
const sizes = (one: FleetNode) =>
  one
    .layout()
    .map((place) => place.split("@")[0])
    .sort();
const planned = ["1g.10gb", "2g.20gb", "3g.40gb"];

function emitted(plan: FleetPlan, more: Partial<EmitOptions> = {}) {
  const emission = emit(plan, "mig-parted", { ...options, ...more });
  if (emission.status !== "emitted") throw new Error(JSON.stringify(emission.refusals));
  return { ...emission, config: emission.files.find(({ path }) => path === "config.yaml")!.content };
}

describe("the target mig-parted", () => {
  it("writes a configuration that a YAML parser reads, with the planned places in comments", () => {
    const { config } = emitted(migFleetPlan());
    expect(parse(config)).toEqual({
      version: "v1",
      "mig-configs": {
        [configuration]: [
          {
            devices: [0],
            "device-filter": ["0x20B210DE", "0x20B510DE", "0x20F310DE", "0x20F510DE"],
            "mig-enabled": true,
            "mig-devices": { "3g.40gb": 1, "2g.20gb": 1, "1g.10gb": 1 },
          },
        ],
      },
    });
    expect(config).toMatch(/# Planned at: 2g.20gb@0, 1g.10gb@2, 3g.40gb@4/);
  });

  it("counts equal instances, names cards by the indices given, and has no filter for a table of the user's own", () => {
    const plan = cutInto(["1g.10gb", 0], ["1g.10gb", 1], ["3g.40gb", 4]);
    const [a100] = plan.devices;
    const partitionSchemes = a100!.partitionSchemes.map((scheme) =>
      scheme.kind === "mig" ? { ...migTables["a100-80gb"], source: "listed by the card" } : scheme,
    );
    const { config } = emitted({ ...plan, devices: [{ ...a100!, partitionSchemes }] }, { gpus: ["3"] });
    expect(parse(config)["mig-configs"][configuration]).toEqual([
      { devices: [3], "mig-enabled": true, "mig-devices": { "3g.40gb": 1, "1g.10gb": 2 } },
    ]);
  });

  it("is the same YAML under any name of the plan", () => {
    const { config } = emitted(migFleetPlan(), { name: 'x: &a {"y": $(touch pwned)} # \u2028' });
    const [name, ...others] = Object.keys(parse(config)["mig-configs"]);
    expect(name).toMatch(/^[a-z0-9-]+$/);
    expect(others).toEqual([]);
  });

  it("refuses what it cannot say", () => {
    const refused = (plan: FleetPlan, more: Partial<EmitOptions> = {}) => {
      const emission = emit(plan, "mig-parted", { ...options, ...more });
      return emission.status === "refused" ? emission.refusals.map(({ cause }) => cause).join("\n") : "emitted";
    };
    expect(refused(mpsFleetPlan())).toMatch(/does not write "mps-share:0.5"/);
    expect(refused(migFleetPlan(), { gpus: [uuidOf(0)] })).toMatch(/knows cards by index alone/);
    expect(refused(cutInto(["3g.40gb", 0], ["4g.40gb", 0]))).toMatch(/both claim/);
  });

  it("warns when the driver may place instances otherwise, and only then", () => {
    const codes = (plan: FleetPlan) =>
      emitted(plan)
        .warnings.map(({ code, cause }) => `${code}: ${cause}`)
        .join("\n");
    expect(codes(cutInto(["1g.10gb", 0], ["3g.40gb", 4]))).toMatch(/places-not-kept: .* can be placed in \d+ ways/);
    expect(codes(cutInto(["3g.40gb", 0], ["3g.40gb", 4]))).not.toMatch(/places/);
    expect(codes(cutInto(["7g.80gb", 0]))).not.toMatch(/places/);
  });
});

describe("the bundle for mig-parted", () => {
  it("is read without complaint by shellcheck, bash and the shell of POSIX", ({ skip }) => {
    const { folder } = node();
    const paths = readdirSync(folder)
      .filter((name) => name.endsWith(".sh"))
      .map((name) => join(folder, name));
    for (const path of paths) for (const shell of ["bash", "sh"]) expect(spawnSync(shell, ["-n", path]).status).toBe(0);
    if (!isInstalled("shellcheck")) return skip("shellcheck is not installed (Debian package shellcheck)");
    // The rest is the same for every target: the test of mig looks at all of it.
    const own = ["apply.sh", "device.sh", "values.sh"].map((name) => join(folder, name));
    const { status, stdout } = spawnSync("shellcheck", ["-x", "-P", folder, ...own], { encoding: "utf8" });
    expect({ status, said: stdout }).toEqual({ status: 0, said: "" });
  });

  it("enables MIG, cuts, is harmless when repeated, and takes all of it back", () => {
    const one = node();
    one.change({ mig: "Disabled, Disabled" });
    const before = one.snapshot();
    expect(one.script("check.sh")).toMatchObject({
      code: 0,
      output: expect.stringMatching(/note {2}GPU 0 has MIG disabled: apply.sh has it enabled/),
    });
    expect(one.calls()).toEqual([]);
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(sizes(one)).toEqual(planned);
    expect(readFileSync(join(one.state, id, "pieces.env"), "utf8")).toMatch(
      /^PIECE_0=MIG-\S+\nPIECE_1=MIG-\S+\nPIECE_2=MIG-\S+\n$/,
    );
    const place = one.layout();
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(one.layout()).toEqual(place);
    expect(one.script("status.sh")).toMatchObject({ code: 0 });
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(one.snapshot()).toEqual(before);
    expect(readdirSync(one.state)).toEqual([]);
  });

  it("makes as many instances of each size again as there were before, on its own cards alone", () => {
    const one = node(cutInto(["7g.80gb", 0]), { gpus: ["1"] }, 2);
    one.change({ "gi-3": "14 0 2 2g.20gb", "ci-3": "", "gi-4": "19 2 1 1g.10gb", "ci-4": "" }, 1);
    expect(one.script("check.sh").output).toMatch(
      /has other instances, 1g.10gb 1, 2g.20gb 1: nvidia-mig-parted destroys all of them/,
    );
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect([one.layout(0), one.layout(1)]).toEqual([[], ["7g.80gb@0"]]);
    one.change({ "gi-9": "9 4 4 3g.40gb", "ci-9": "" }, 0);
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(one.layout(0)).toEqual(["3g.40gb@4"]);
    expect(
      one
        .layout(1)
        .map((each) => each.split("@")[0])
        .sort(),
    ).toEqual(["1g.10gb", "2g.20gb"]);
  });

  it.each(["half", "end"])("takes it back after it was killed, %s", (moment) => {
    const one = node();
    one.change({ "gi-1": "0 0 8 7g.80gb", "ci-1": "" });
    const killed = one.script("apply.sh", { environment: { FAKE_PARTED: `dies-${moment}` } });
    expect(killed.code).not.toBe(0);
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(one.layout()).toEqual(["7g.80gb@0"]);
    expect(readdirSync(one.state)).toEqual([]);
  });

  it("leaves nothing behind that undo.sh does not find, whichever call of a program fails", () => {
    const one = node(cutInto(["3g.40gb", 4]));
    const before = one.snapshot();
    const codes = new Set<number | null>();
    let calls = 0;
    for (let call = 1; call === 1 || calls >= call - 1; call++) {
      writeFileSync(join(one.node, "asked"), "");
      const { code, output } = one.script("apply.sh", { environment: { FAKE_FAIL_CALL: String(call) } });
      calls = readFileSync(join(one.node, "asked"), "utf8").trim().split("\n").length;
      codes.add(code);
      if (code !== 0) expect(output).not.toBe("");
      expect(one.script("undo.sh")).toMatchObject({ code: 0 });
      expect(one.snapshot()).toEqual(before);
    }
    expect([...codes].sort()).toEqual([0, 1]);
  });

  it.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>, RegExp]>([
    ["cannot be asked", {}, { FAKE_PARTED: "fails-export" }, /export failed: error initializing NVML/],
    ["fails", {}, { FAKE_PARTED: "fails-apply" }, /nvidia-mig-parted apply failed: error initializing NVML/],
    [
      "reports success and does nothing",
      {},
      { FAKE_PARTED: "idle" },
      /reported success, but GPU 0 has no instances instead of 1g.10gb 1, 2g.20gb 1, 3g.40gb 1/,
    ],
    ["does not know the configuration", {}, { FAKE_PARTED: "fails-assert" }, /does not read config.yaml/],
    [
      "would clear a card in use",
      { "gi-4": "9 4 4 3g.40gb", "ci-4": "", processes: "4711 4" },
      {},
      /processes 4711 +use it, and nvidia-mig-parted clears the whole card; end them, or emit the plan for mig, which keeps pieces/,
    ],
    [
      "would clear a divided instance",
      { "gi-4": "9 4 4 3g.40gb" },
      {},
      /instance 4 has other than one compute instance/,
    ],
    [
      "is for another card",
      { "pci.device_id": "0x233010DE" },
      {},
      /has device id 0x233010DE, and the plan is for cards of 0x20B210DE/,
    ],
    [
      "has other names",
      { profiles: a100Profiles.join("\n").replace("1g.10gb ", "1g.12gb ") },
      {},
      /has no profile 1g.10gb, but 1g.12gb/,
    ],
    ["waits for a reset", { mig: "Disabled, Enabled" }, {}, /changes its MIG mode at its next reset/],
    ["has no MIG", { mig: "[N/A], [N/A]" }, {}, /GPU 0 has no MIG/],
  ])("says so and changes nothing when it or its card %s", (_, files, environment, words) => {
    const one = node();
    one.change(files);
    const before = one.snapshot();
    expect(one.script("apply.sh", { environment })).toMatchObject({ code: 1, output: expect.stringMatching(words) });
    expect(one.snapshot()).toEqual(before);
    expect(existsSync(join(one.state, id))).toBe(false);
  });

  it("does not clear what somebody else has cut since, nor a card in use", () => {
    const one = node(cutInto(["3g.40gb", 4]));
    one.script("apply.sh");
    one.change({ "gi-7": "19 0 1 1g.10gb", "ci-7": "" });
    expect(one.script("undo.sh")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/GPU 0 has 1g.10gb 1, 3g.40gb 1 instead of 3g.40gb 1 since the plan was applied/),
    });
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    one.change({ processes: "4711 5" });
    expect(one.script("undo.sh")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/processes 4711 +use GPU 0/),
    });
    one.change({ processes: "" });
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(one.layout()).toEqual([]);
  });

  it("leaves instances alone after a reboot", () => {
    const one = node(cutInto(["3g.40gb", 4]));
    one.script("apply.sh");
    writeFileSync(join(one.state, id, "record", "boot"), "another\n");
    expect(one.script("undo.sh")).toMatchObject({ code: 0, output: expect.stringMatching(/booted again since/) });
    expect(one.layout()).toEqual(["3g.40gb@4"]);
  });
});
