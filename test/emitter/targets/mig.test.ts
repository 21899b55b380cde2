import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type EmitOptions, emit } from "@partitune/emitter";
import { devices } from "@partitune/profiler";
import { type FleetPiece, type FleetPlan, maximalLayouts, migTableOf, type Partition } from "@partitune/schema";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { exampleTenant, migFleetPlan, mpsFleetPlan } from "../../schema/exampleFleetPlan.ts";
import { fakeEngine, isInstalled } from "../fixtures/bundle.ts";
import { a100Profiles, type FleetNode, fleetNode, migUuid, uuidOf } from "../fixtures/fleetNode.ts";
import { anyNames, namedPlan } from "../fixtures/servingPlans.ts";

const made: FleetNode[] = [];
afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

function node(
  plan: FleetPlan = migFleetPlan(),
  options: Partial<EmitOptions> = {},
  cards?: Parameters<typeof fleetNode>[3],
): FleetNode {
  const one = fleetNode("mig", plan, options, cards);
  made.push(one);
  return one;
}

const mig = (profile: string, start?: number): Partition => ({
  kind: "mig",
  profile,
  ...(start === undefined ? {} : { start }),
});

/** The example plan's first card with other pieces, each with a tenant of its own. */
function cutInto(...partitions: readonly Partition[]): FleetPlan {
  const pieces = partitions.map((partition, i): FleetPiece => {
    const id = `piece ${i}`;
    return { id, partition, tenants: [exampleTenant(`tenant ${i}`, "faces", 0.004)] };
  });
  return migFleetPlan({ gpus: [{ ...migFleetPlan().gpus[0]!, pieces }] });
}

const options: EmitOptions = { name: "day", home: "/opt/partitune", directory: "/" };
const planned = ["2g.20gb@0", "1g.10gb@2", "3g.40gb@4"];
const id = "mig-day-e44f21fd";

function refusalsOf(plan: FleetPlan, more: Partial<EmitOptions> = {}): string {
  const emission = emit(plan, "mig", { ...options, ...more });
  if (emission.status !== "refused") throw new Error("emitted");
  return emission.refusals.map(({ where, cause, advice }) => `${where}: ${cause}; ${advice}`).join("\n");
}

describe("the target mig", () => {
  it.each<[string, FleetPlan, RegExp]>([
    [
      "MPS shares",
      mpsFleetPlan(),
      /piece "gpu1.0": target "mig" does not write "mps-share:0.5"; emit that card for mps/,
    ],
    ["an instance without a start", cutInto(mig("3g.40gb")), /does not say at which memory slice it begins/],
    ["instances that overlap", cutInto(mig("2g.20gb", 0), mig("1g.10gb", 1)), /both claim memory slice 1/],
    ["a start that no card has", cutInto(mig("2g.20gb", 1)), /may not begin at memory slice 1/],
    ["a profile of another card", cutInto(mig("1g.18gb", 0)), /"1g.18gb" is none of this card/],
    ["no card", migFleetPlan({ gpus: [] }), /it uses no card/],
  ])("refuses %s", (_, plan, words) => {
    expect(refusalsOf(plan)).toMatch(words);
  });

  it("refuses tenants that need more memory than their instance has", () => {
    const plan = migFleetPlan();
    const large = exampleTenant("notes-0", "notes", 0.02, { memoryBytes: 12 * 2 ** 30 });
    const [first, second, third] = plan.gpus[0]!.pieces;
    const gpus = [{ ...plan.gpus[0]!, pieces: [first!, { ...second!, tenants: [large] }, third!] }];
    expect(refusalsOf({ ...plan, gpus })).toMatch(
      /piece "gpu0.1": its tenants need 12288 MiB, and the instance has 9856/,
    );
  });

  it("refuses cards that are no NVIDIA cards", () => {
    const [a100] = migFleetPlan().devices;
    expect(refusalsOf(migFleetPlan({ devices: [{ ...a100!, kind: "jetson" }] }))).toMatch(/is no NVIDIA card/);
  });

  it.each([["-1"], ["0; touch pwned"], ['"0"'], ["GPU-1\n2"], [""]])("takes no GPU of the name %j", (gpu) => {
    expect(() => emit(migFleetPlan(), "mig", { ...options, gpus: [gpu] })).toThrow(/neither an index nor a UUID/);
  });

  it("wants one GPU for each card, and knows which cards there are", () => {
    expect(() => emit(migFleetPlan(), "mig", { ...options, gpus: ["0", "1"] })).toThrow(/2 GPUs are named, and 1 card/);
    expect(() => emit(migFleetPlan(), "mig", { ...options, cards: ["gpu7"] })).toThrow(
      /card "gpu7" is none of the plan/,
    );
  });

  it("warns of synthetic promises, of turns that nothing keeps, and of a power mode that it does not set", () => {
    const [card] = migFleetPlan().gpus;
    const emission = emit(migFleetPlan({ gpus: [{ ...card!, powerMode: "300w" }] }), "mig", options);
    if (emission.status !== "emitted") throw new Error("refused");
    expect(emission.warnings.map(({ code, where }) => [code, where])).toEqual([
      ["power-mode", 'card "gpu0"'],
      ["synthetic", 'plan "day"'],
      ["turns-not-kept", 'piece "gpu0.1"'],
    ]);
  });

  it("writes the chosen cards of a mixed fleet alone", () => {
    const plan = migFleetPlan({ gpus: [...mpsFleetPlan().gpus, ...migFleetPlan().gpus].map(renamed) });
    expect(refusalsOf(plan)).toMatch(/card 0|mps-share/);
    expect(emit(plan, "mig", { ...options, cards: ["card 1"] }).status).toBe("emitted");
  });
});

/** Cards, pieces and tenants with ids that occur once. */
function renamed(card: FleetPlan["gpus"][number], i: number): FleetPlan["gpus"][number] {
  const pieces = card.pieces.map((piece) => ({
    ...piece,
    id: `${i} ${piece.id}`,
    tenants: piece.tenants.map((tenant) => ({ ...tenant, id: `${i} ${tenant.id}` })),
  }));
  return { ...card, id: `card ${i}`, pieces };
}

describe("the bundle for mig", () => {
  it("is read without complaint by shellcheck, bash and the shell of POSIX", ({ skip }) => {
    const { folder } = node();
    const paths = readdirSync(folder)
      .filter((name) => name.endsWith(".sh"))
      .map((name) => join(folder, name));
    for (const path of paths) for (const shell of ["bash", "sh"]) expect(spawnSync(shell, ["-n", path]).status).toBe(0);
    if (!isInstalled("shellcheck")) return skip("shellcheck is not installed (Debian package shellcheck)");
    const { status, stdout } = spawnSync("shellcheck", ["-x", "-P", folder, ...paths], { encoding: "utf8" });
    expect({ status, said: stdout }).toEqual({ status: 0, said: "" });
  });

  it("checks, cuts as planned, is harmless when repeated, and takes everything back", () => {
    const one = node();
    const before = one.snapshot();
    expect(one.script("check.sh")).toMatchObject({ code: 0 });
    expect(one.calls()).toEqual([]);
    expect(one.script("status.sh")).toMatchObject({ code: 1, output: expect.stringMatching(/is not applied/) });
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(one.layout()).toEqual(planned);
    const making = ["-cgi 14:0 -C", "-cgi 19:2 -C", "-cgi 9:4 -C"].map((words) => `nvidia-smi mig -i 0 ${words}`);
    expect(one.calls()).toEqual([...making, "nvidia-cuda-mps-control -d"]);
    const pieces = readFileSync(join(one.state, id, "pieces.env"), "utf8");
    const uuids = ["gpu0.0", "gpu0.1", "gpu0.2"].map((_, i) => instanceUuid(one, planned[i]!));
    expect(pieces).toBe(uuids.map((uuid, i) => `PIECE_${i}=${uuid}\n`).join(""));
    expect(one.script("status.sh")).toMatchObject({ code: 0 });
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(one.calls()).toHaveLength(4);
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(one.snapshot()).toEqual(before);
    expect(readdirSync(one.state)).toEqual([]);
    expect(one.script("undo.sh")).toMatchObject({ code: 0, output: expect.stringMatching(/is not applied/) });
  });

  it("makes every full layout of 1g, 3g and 4g that is enumerated, on a card each", () => {
    const table = migTableOf(devices.a100)!;
    const layouts = maximalLayouts(table, ["1g.10gb", "3g.40gb", "4g.40gb"]);
    expect(layouts.length).toBeGreaterThan(3);
    const gpus = layouts.map((layout, c) => ({
      ...cutInto(...layout.map(({ profile, start }) => mig(profile, start))).gpus[0]!,
      id: `gpu${c}`,
    }));
    const one = node(migFleetPlan({ gpus: gpus.map(renamed) }));
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    for (const [c, layout] of layouts.entries())
      expect(one.layout(c)).toEqual(layout.map(({ profile, start }) => `${profile}@${start}`));
    rmSync(one.state, { recursive: true });
  });

  it("cuts several cards, each named by its UUID", () => {
    const [card] = cutInto(mig("3g.40gb", 4)).gpus;
    const other = { ...cutInto(mig("7g.80gb", 0)).gpus[0]!, id: "gpu1" };
    const pieces = other.pieces.map((piece) => ({ ...piece, id: "p", tenants: [exampleTenant("t", "faces", 0.01)] }));
    const one = node(migFleetPlan({ gpus: [card!, { ...other, pieces }] }), { gpus: [uuidOf(1), uuidOf(0)] });
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect([one.layout(0), one.layout(1)]).toEqual([["7g.80gb@0"], ["3g.40gb@4"]]);
    expect(one.script("undo.sh").code).toBe(0);
    expect([one.layout(0), one.layout(1)]).toEqual([[], []]);
  });

  it.each([1, 2, 3, 4])("takes everything back after it was killed at change %i", (step) => {
    const one = node();
    const before = one.snapshot();
    expect(one.script("apply.sh", { environment: { FAKE_KILL_AT: String(step) } }).code).not.toBe(0);
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(one.snapshot()).toEqual(before);
  });

  it("goes on where it was killed, also between an instance and its compute instance", () => {
    const one = node();
    expect(one.script("apply.sh", { environment: { FAKE_KILL_AT: "2" } }).code).not.toBe(0);
    rmSync(join(one.node, "card-0", `ci-${instanceOf(one, "1g.10gb@2")}`), { force: true });
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(one.layout()).toEqual(planned);
    expect(one.calls().filter((call) => call.includes("-cci"))).toHaveLength(1);
  });

  it.each([
    [1, "Insufficient Resources"],
    [2, "Insufficient Permissions"],
    [3, "In use by another client"],
    [4, "Failed to start"],
  ])("says so and takes back what it made when change %i is refused: %s", (step, words) => {
    const one = node();
    const before = one.snapshot();
    const answer = one.script("apply.sh", { environment: { FAKE_FAIL_AT: String(step), FAKE_FAIL_WITH: words } });
    expect(answer).toMatchObject({ code: 1, output: expect.stringContaining(words) });
    expect(one.snapshot()).toEqual(before);
    expect(existsSync(join(one.state, id))).toBe(false);
  });

  it("leaves nothing behind that undo.sh does not find, whichever call of a program fails", () => {
    const one = node(cutInto(mig("3g.40gb", 4)));
    const before = one.snapshot();
    let [codes, calls] = [new Set<number | null>(), 0];
    for (let call = 1; call === 1 || calls >= call - 1; call++) {
      writeFileSync(join(one.node, "asked"), "");
      const { code, output } = one.script("apply.sh", { environment: { FAKE_FAIL_CALL: String(call) } });
      calls = readFileSync(join(one.node, "asked"), "utf8").trim().split("\n").length;
      codes = codes.add(code);
      if (code === 0) expect(one.layout()).toEqual(["3g.40gb@4"]);
      else expect(output).not.toBe("");
      expect(one.script("undo.sh")).toMatchObject({ code: 0 });
      expect(one.snapshot()).toEqual(before);
    }
    expect([...codes].sort()).toEqual([0, 1]);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    [
      "MIG is disabled",
      { mig: "Disabled, Disabled" },
      /MIG disabled; .* enable it: nvidia-smi -i GPU-\S+ -mig 1 .*Ampere/,
    ],
    ["MIG waits for a reset", { mig: "Disabled, Enabled" }, /only after its next reset; .*--gpu-reset/],
    ["MIG ends with the next reset", { mig: "Enabled, Disabled" }, /MIG disabled from its next reset on/],
    ["the card has no MIG", { mig: "[N/A], [N/A]" }, /FAIL {2}GPU 0 has no MIG/],
    ["the driver is too old", { driver_version: "440.33" }, /has driver 440; MIG on .* needs 450/],
    ["an H200 has a driver for H100", { name: "NVIDIA H200", driver_version: "535.1" }, /MIG on NVIDIA H200 needs 550/],
    [
      "a profile is missing",
      { profiles: a100Profiles.filter((row) => !row.startsWith("9 ")).join("\n") },
      /neither a profile 3g.40gb nor one of number 9/,
    ],
    [
      "a profile begins elsewhere",
      { profiles: a100Profiles.join("\n").replace("0,4 4 2", "0 4 1") },
      /3g.40gb may not begin at memory slice 4 on this card, only at 0/,
    ],
    [
      "a profile has another size",
      { profiles: a100Profiles.join("\n").replace("0,4 4 2", "0,4 3 2") },
      /3g.40gb covers 3 memory slices on this card, and 4 in the plan/,
    ],
    [
      "a profile has fewer multiprocessors",
      { profiles: a100Profiles.join("\n").replace("39.25 42", "39.25 40") },
      /has 40 multiprocessors on this card, and 42 in the plan/,
    ],
    [
      "a profile has too little memory",
      { profiles: a100Profiles.join("\n").replaceAll("9.62", "3.00") },
      /1g.10gb has 3072 MiB on this card, and its tenants need 4096/,
    ],
    [
      "a number means another profile",
      { profiles: a100Profiles.join("\n").replace("9 3g.40gb", "9 4g.40gb+x").replace("0,4 4 2", "0,4 4 2") },
      /profile 9 is 4g.40gb\+x, which is not 3g.40gb/,
    ],
    [
      "a foreign instance is in the way",
      { "gi-1": "0 0 8 7g.80gb", "ci-1": "" },
      /is taken by 7g.80gb \(instance 1, memory slices 0 to 7\), which this plan did not make/,
    ],
    [
      "an instance of another profile is there",
      { "gi-4": "15 0 2 1g.20gb", "ci-4": "" },
      /is of another profile and not of this plan/,
    ],
    [
      "the planned instance is there and in use",
      { "gi-4": "14 0 2 2g.20gb", "ci-4": "", processes: "4711 4" },
      /is there already, and processes 4711 {2}?use it/,
    ],
    [
      "the listing cannot be read",
      { "gi-4": "14 0 x 2g.20gb", "ci-4": "" },
      /FAIL {2}what nvidia-smi mig .* says cannot be read/,
    ],
  ])("refuses with the reason when %s", (_, files, words) => {
    const one = node();
    one.change(files);
    const before = one.snapshot();
    expect(one.script("apply.sh")).toMatchObject({ code: 1, output: expect.stringMatching(words) });
    expect(one.snapshot()).toEqual(before);
    expect(one.calls()).toEqual([]);
  });

  it("says in check.sh what apply.sh would refuse, and what is well", () => {
    const one = node();
    one.change({ "gi-1": "9 0 4 3g.40gb", "ci-1": "" });
    const { code, output } = one.script("check.sh");
    expect(code).toBe(1);
    expect(output).toMatch(
      /ok {4}GPU 0 has MIG enabled[\s\S]*FAIL {2}piece "gpu0.0"[\s\S]*FAIL {2}piece "gpu0.1"[\s\S]*ok {4}piece "gpu0.2"/,
    );
  });

  it("says when it is not called by root, a card is not there, or a program is missing", () => {
    const one = node(migFleetPlan(), { gpus: ["5"] });
    expect(one.script("check.sh").output).toMatch(/GPU 5 does not answer; nvidia-smi -L lists/);
    expect(one.script("apply.sh", { uid: 65534 })).toMatchObject({ code: 1, output: expect.stringMatching(/sudo/) });
    const bare = one.script("check.sh", { environment: { PATH: "/usr/bin:/bin" } });
    expect(bare.output).toMatch(/program nvidia-smi is missing[\s\S]*program nvidia-cuda-mps-control is missing/);
  });

  it("takes a profile under the name and the number that the driver gives it", () => {
    const one = node();
    const renamedProfiles = a100Profiles
      .join("\n")
      .replace("19 1g.10gb ", "19 1g.12gb ")
      .replace("9 3g.40gb", "7 3g.40gb");
    one.change({ profiles: renamedProfiles });
    expect(one.script("check.sh")).toMatchObject({
      code: 0,
      output: expect.stringMatching(/note {2}piece "gpu0.1": the card calls its 1g.10gb 1g.12gb/),
    });
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(one.calls().slice(1, 3)).toEqual(["nvidia-smi mig -i 0 -cgi 19:2 -C", "nvidia-smi mig -i 0 -cgi 7:4 -C"]);
    expect(one.layout()).toEqual(["2g.20gb@0", "1g.12gb@2", "3g.40gb@4"]);
  });

  it("works beside instances of others, uses an idle one that is as planned, and leaves both at the end", () => {
    const one = node();
    one.change({ "gi-7": "19 3 1 1g.10gb", "ci-7": "", "gi-4": "14 0 2 2g.20gb", "ci-4": "", processes: "4711 7" });
    const before = one.snapshot();
    expect(one.script("check.sh").output).toMatch(
      /note {2}piece "gpu0.0": .* instance 4 is used as it is, and undo.sh leaves it/,
    );
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(one.layout()).toEqual(["2g.20gb@0", "1g.10gb@2", "1g.10gb@3", "3g.40gb@4"]);
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(one.snapshot()).toEqual(before);
  });

  it("keeps its record until what it made can be destroyed", () => {
    const one = node(cutInto(mig("3g.40gb", 4)));
    const before = one.snapshot();
    one.script("apply.sh");
    const gi = instanceOf(one, "3g.40gb@4");
    one.change({ processes: `4711 ${gi}` });
    expect(one.script("undo.sh")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/processes 4711 +use instance/),
    });
    one.change({ processes: "" });
    const held = one.script("undo.sh", { environment: { FAKE_SMI: "holds" } });
    expect(held).toMatchObject({ code: 1, output: expect.stringMatching(/In use by another client/) });
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(one.snapshot()).toEqual(before);
  });

  it("does not believe a driver that reports success and makes nothing", () => {
    const one = node();
    const answer = one.script("apply.sh", { environment: { FAKE_SMI: "forgets" } });
    expect(answer).toMatchObject({ code: 1, output: expect.stringMatching(/reported success, but no 2g.20gb is at/) });
    expect(readdirSync(one.state)).toEqual([]);
  });

  it("destroys nothing after a reboot, when instances of the same places are somebody else's", () => {
    const one = node(cutInto(mig("3g.40gb", 4)));
    one.script("apply.sh");
    writeFileSync(join(one.state, id, "record", "boot"), "another\n");
    const before = one.snapshot();
    expect(one.script("undo.sh")).toMatchObject({ code: 0, output: expect.stringMatching(/booted again since/) });
    expect(one.snapshot()).toEqual(before);
  });

  it("takes no changed plan of the same name while the earlier one is applied", () => {
    const one = node(cutInto(mig("3g.40gb", 4)));
    one.script("apply.sh");
    one.write(cutInto(mig("3g.40gb", 0)));
    expect(one.script("check.sh").output).toMatch(/FAIL {2}an earlier version of plan "day" is applied/);
    expect(one.script("apply.sh")).toMatchObject({ code: 1 });
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(one.layout()).toEqual([]);
  });

  it("notices what somebody else destroyed, and makes it again", () => {
    const one = node();
    one.script("apply.sh");
    const gi = instanceOf(one, "1g.10gb@2");
    const smi = join(one.node, "..", "bin", "nvidia-smi");
    for (const words of [
      ["-dci", "-gi", gi],
      ["-dgi", "-gi", gi],
    ])
      spawnSync(smi, ["mig", "-i", "0", ...words], { env: { ...process.env, FAKE_NODE: one.node } });
    expect(one.script("status.sh")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/piece "gpu0.1": no 1g.10gb at memory slice 2/),
    });
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(one.layout()).toEqual(planned);
  });
});

function instanceOf(one: FleetNode, place: string): string {
  const names = readdirSync(join(one.node, "card-0")).filter((name) => name.startsWith("gi-"));
  const [profile, start] = place.split("@");
  const found = names.find((name) => one.read(name).startsWith(`${profileId(profile!)} ${start} `));
  return found!.slice(3);
}

function profileId(name: string): string {
  return a100Profiles.find((row) => row.split(" ")[1] === name)!.split(" ")[0]!;
}

const instanceUuid = (one: FleetNode, place: string) => migUuid(0, Number(instanceOf(one, place)));

describe("run.sh of the bundle for mig", () => {
  const print = [
    "sh",
    "-c",
    'echo "[$CUDA_VISIBLE_DEVICES] [$' + '{CUDA_MPS_PIPE_DIRECTORY-}] $PARTITUNE_PROCESS $PARTITUNE_BATCH $PWD"',
  ];

  it("starts a tenant on its instance, and several processes of one through the instance's own daemon", () => {
    const one = node();
    one.script("apply.sh");
    const where = one.folder.replace(/\/bundle$/, "");
    const alone = one.script("run.sh", { args: ["photos-0", ...print] });
    expect(alone).toEqual({ code: 0, output: `[${instanceUuid(one, "2g.20gb@0")}] [] 0 4 ${where}\n` });
    const both = one.script("run.sh", { args: ["faces-0", ...print] });
    const [uuid, pipe] = [instanceUuid(one, "3g.40gb@4"), join(one.run, id, "mps-2")];
    const lines = [0, 1].map((process) => `[${uuid}] [${pipe}] ${process} 4 ${where}`);
    expect(both.output.trim().split("\n").sort()).toEqual(lines);
    expect(readFileSync(join(pipe, "device"), "utf8").trim()).toBe(uuid);
  });

  it("says no to what it cannot start", () => {
    const one = node();
    const not = (args: readonly string[]) => one.script("run.sh", { args });
    expect(not(["photos-0", "true"])).toMatchObject({ code: 1, output: expect.stringMatching(/is not applied/) });
    expect(not(["nobody"])).toMatchObject({ code: 2, output: expect.stringMatching(/name a tenant[\s\S]*photos-0/) });
    one.script("apply.sh");
    expect(not(["photos-0", "sh", "-c", "exit 3"]).code).toBe(3);
    expect(not(["faces-0", "sh", "-c", "exit 3"]).code).toBe(1);
  });

  it("starts a tenant once, which undo.sh ends", async () => {
    const one = node(cutInto(mig("3g.40gb", 4)));
    one.script("apply.sh");
    const running = one.begin("run.sh", ["tenant 0", "sleep", "60"]);
    const ended = new Promise((resolve) => running.once("exit", resolve));
    await until(() => one.script("status.sh").output.includes("running"));
    const again = one.script("run.sh", { args: ["tenant 0", "true"] });
    expect(again).toMatchObject({ code: 1, output: expect.stringMatching(/is running already; end it first/) });
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    await ended;
    expect(one.layout()).toEqual([]);
  });

  it("serves what the plan starts the workload with, and names a workload that nothing can start", async () => {
    const plan = cutInto(mig("3g.40gb", 4), mig("3g.40gb", 0));
    const workloads = plan.workloads.map((workload) => ({
      ...workload,
      engine: { engine: "command", command: ["node", fakeEngine] } as const,
    }));
    const one = node({ ...plan, workloads });
    one.script("apply.sh");
    const running = one.begin("run.sh", ["tenant 0"]);
    const ended = new Promise((resolve) => running.once("exit", resolve));
    const socket = join(one.run, id, "0.0.sock");
    await until(() => existsSync(socket));
    running.kill("SIGTERM");
    expect(await ended).toBe(0);
    const recorded = plan.workloads.map((workload) => ({
      ...workload,
      engine: { engine: "recorded", source: "table.csv" } as const,
    }));
    const other = node({ ...plan, workloads: recorded });
    other.script("apply.sh");
    expect(other.script("run.sh", { args: ["tenant 0"] })).toMatchObject({
      code: 1,
      output: expect.stringMatching(/workload of tenant "tenant 0" is only a recording; give the command/),
    });
  });
});

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !holds(); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(holds()).toBe(true);
}

describe("names in bundles of fleets", () => {
  it("come out of values.sh as they went in, and are never taken for shell", () => {
    fc.assert(
      fc.property(anyNames, (names) => {
        const plan = namedPlan(names);
        for (const [target, card] of [
          ["mig", 0],
          ["mig-parted", 0],
          ["mps", 1],
        ] as const) {
          const emission = emit(plan, target, { ...options, name: names.plan, cards: [names.cards[card]!] });
          if (emission.status !== "emitted") throw new Error(JSON.stringify(emission.refusals));
          const values = emission.files.find(({ path }) => path === "values.sh")!.content;
          const print =
            'card_0; piece_0; tenant_0; printf "%s\\n" "$plan_name" "$card_id" "$piece_id" "$tenant_id"; piece_1; tenant_1; printf "%s\\n" "$piece_id" "$tenant_id"';
          const ran = spawnSync("sh", ["-c", `${values}\n${print}`], { encoding: "utf8" });
          const { pieces, tenants } = names;
          const expected = [
            names.plan,
            names.cards[card],
            pieces[2 * card],
            tenants[2 * card],
            pieces[2 * card + 1],
            tenants[2 * card + 1],
          ];
          expect({ said: ran.stdout.split("\n").slice(0, -1), wrong: ran.stderr }).toEqual({
            said: expected,
            wrong: "",
          });
        }
      }),
      { numRuns: 40 },
    );
  });

  it("make no file and run no command when scripts print them", () => {
    const hostile = "$(touch pwned) `touch pwned`'; touch pwned; \"%s\\n";
    const names = {
      plan: hostile,
      cards: [`${hostile}c`, "-c"],
      pieces: [`${hostile}0`, `${hostile}1`, "2", "3"],
      tenants: [`${hostile}0`, "--", "2", "3"],
      services: [`${hostile}s`, "s"],
      workloads: [`${hostile}w`, "w"],
    } as const;
    const one = node(namedPlan(names), { name: hostile, cards: [names.cards[0]] }, [{}]);
    expect(one.script("check.sh").code).toBe(0);
    expect(one.script("apply.sh").code).toBe(0);
    expect(one.script("status.sh").output).toContain(`"${names.tenants[0]}"`);
    expect(one.script("run.sh", { args: [names.tenants[0], "printf", "%s", "$(touch pwned)"] }).output).toBe(
      "$(touch pwned)",
    );
    expect(one.script("undo.sh").code).toBe(0);
    for (const folder of [one.folder, join(one.folder, ".."), process.cwd()])
      expect(existsSync(join(folder, "pwned"))).toBe(false);
  });
});

describe("devices of the example plans", () => {
  it("are the shelf's, whose MIG table the stand-in card repeats in figures of its own", () => {
    const table = devices.a100.partitionSchemes.find((scheme) => scheme.kind === "mig");
    const rows = table?.kind === "mig" ? table.profiles : [];
    for (const row of a100Profiles) {
      const [number, name, starts, size] = row.split(" ");
      expect(rows.find((profile) => profile.name === name)).toMatchObject({ id: Number(number), size: Number(size) });
      expect(rows.find((profile) => profile.name === name)!.starts.join()).toBe(starts);
    }
  });
});
