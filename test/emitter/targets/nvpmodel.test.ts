import { spawnSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { emit, parseNvpmodel, patchNvpmodel, unpatchNvpmodel } from "@partitune/emitter";
import type { ModePlan, PowerMode } from "@partitune/schema";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { isInstalled } from "../fixtures/bundle.ts";
import { exampleModePlan, exampleModeSchedule, orinMode, otherOrinMode } from "../fixtures/exampleModePlan.ts";
import { orinConf } from "../fixtures/orinConf.ts";
import { type PowerBundle, powerBundle } from "../fixtures/powerBundle.ts";

const made: PowerBundle[] = [];
afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

function board(
  plan: ModePlan = exampleModePlan(),
  ...rest: readonly [Parameters<typeof powerBundle>[2]] | []
): PowerBundle {
  const one = powerBundle("nvpmodel", plan, ...rest);
  made.push(one);
  return one;
}

const options = { name: "desk", home: "/opt/partitune", directory: "/", nvpmodelConf: orinConf() };

/** Everything of the device that a plan may change. */
function stateOf(one: PowerBundle): Readonly<Record<string, string>> {
  const files = readdirSync(one.board, { recursive: true, encoding: "utf8" }).filter(
    (path) => path !== "calls" && !lstatSync(join(one.board, path)).isDirectory(),
  );
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(one.board, path), "utf8")]));
}

describe("the target nvpmodel", () => {
  it("writes the mode as a further power model with the parameters of the board's own file", () => {
    const emission = emit(exampleModePlan(), "nvpmodel", options);
    if (emission.status === "refused") throw new Error(JSON.stringify(emission.refusals));
    const conf = emission.files.find(({ path }) => path === "nvpmodel.conf")!.content;
    const before = parseNvpmodel(orinConf());
    const after = parseNvpmodel(conf);
    expect(after.parameters).toEqual(before.parameters);
    expect(after.models.slice(0, 2)).toEqual(before.models);
    expect(after.defaultId).toBe(2);
    const model = after.models[2]!;
    expect(model).toMatchObject({
      id: 3,
      name: expect.stringMatching(/^PARTITUNE_8C_CPU1344_G_[0-9A-F]{8}$/),
    });
    const lines = model.settings.map(({ parameter, argument, value }) => `${parameter} ${argument} ${value}`);
    expect(lines).toEqual([
      ...Array.from({ length: 12 }, (_, core) => `CPU_ONLINE CORE_${core} ${core < 8 ? 1 : 0}`),
      "TPC_POWER_GATING TPC_PG_MASK 0",
      "GPU_POWER_CONTROL_ENABLE GPU_PWR_CNTL_EN on",
      "CPU_A78_0 MIN_FREQ 729600",
      "CPU_A78_0 MAX_FREQ 1344000",
      "CPU_A78_1 MIN_FREQ 729600",
      "CPU_A78_1 MAX_FREQ 1344000",
      "GPU MIN_FREQ 0",
      "GPU MAX_FREQ 726750000",
      "GPU_POWER_CONTROL_DISABLE GPU_PWR_CNTL_DIS auto",
      "EMC MAX_FREQ 2133000000",
      "DLA0_CORE MAX_FREQ -1",
    ]);
  });

  it("releases the memory clock at the device's highest, and lowers a lower bound that would stand above the upper one", () => {
    const slow = { ...orinMode, name: "slow", cpuHertz: 422.4e6, memoryHertz: 3.199e9 };
    const emission = emit(exampleModePlan({ powerMode: slow }), "nvpmodel", options);
    if (emission.status === "refused") throw new Error(JSON.stringify(emission.refusals));
    const model = parseNvpmodel(emission.files.find(({ path }) => path === "nvpmodel.conf")!.content).models[2]!;
    const value = (parameter: string, argument: string) =>
      model.settings.find((setting) => setting.parameter === parameter && setting.argument === argument)?.value;
    expect(value("EMC", "MAX_FREQ")).toBe("0");
    expect(value("CPU_A78_0", "MIN_FREQ")).toBe("422400");
    expect(value("CPU_A78_0", "MAX_FREQ")).toBe("422400");
  });

  it("emits the same files from the board's file as from one that it has patched already", () => {
    const first = emit(exampleModePlan(), "nvpmodel", options);
    if (first.status === "refused") throw new Error(JSON.stringify(first.refusals));
    const patched = first.files.find(({ path }) => path === "nvpmodel.conf")!.content;
    expect(emit(exampleModePlan(), "nvpmodel", { ...options, nvpmodelConf: patched })).toEqual(first);
  });

  it("uses the board's own mode where the plan names one and sets nothing itself", () => {
    const one = board(exampleModePlan({ powerMode: { name: "maxn" } }));
    expect(readFileSync(join(one.folder, "nvpmodel.conf"), "utf8")).toBe(orinConf(one.board));
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(one.read("mode")).toBe("0");
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(one.read("mode")).toBe("2");
  });

  const without = (parameter: string) =>
    orinConf()
      .replaceAll(new RegExp(`^${parameter} .*\n`, "gm"), "")
      .replaceAll(new RegExp(`< PARAM TYPE=\\w+ NAME=${parameter} >\n(?:\\w+ /.*\n)*`, "g"), "");

  it.each<[string, PowerMode, string, RegExp]>([
    [
      "a power cap",
      { name: "a", powerCapWatts: 30 },
      orinConf(),
      /caps power at 30 W, and nvpmodel sets clocks and cores/,
    ],
    ["more cores than there are", { name: "a", cores: 16 }, orinConf(), /wants 16 cores, and the file has 12/],
    ["a mode without settings or name", { name: "dream" }, orinConf(), /sets nothing.*MAXN, MODE_30W/],
    ["half a hertz", { name: "a", gpuHertz: 1e9 + 0.5 }, orinConf(), /no whole number of Hz/],
    [
      "a memory clock without EMC",
      { name: "a", memoryHertz: 2.133e9 },
      without("EMC"),
      /no parameter EMC with MAX_FREQ/,
    ],
    ["a GPU clock without GPU", { name: "a", gpuHertz: 318.75e6 }, without("GPU"), /no parameter GPU with MAX_FREQ/],
    ["cores without switches", { name: "a", cores: 4 }, without("CPU_ONLINE"), /no parameter that takes cores offline/],
    [
      "what the unrestricted mode leaves alone",
      { name: "a", gpuHertz: 318.75e6 },
      orinConf().replace("GPU MAX_FREQ -1\n", ""),
      /mode MAXN of the board, after which it is made, does not set GPU MAX_FREQ/,
    ],
  ])("refuses %s, with the reason", (_, powerMode, nvpmodelConf, cause) => {
    const emission = emit(exampleModePlan({ powerMode }), "nvpmodel", { ...options, nvpmodelConf });
    if (emission.status !== "refused") throw new Error("emitted");
    expect(emission.refusals.map((refusal) => `${refusal.cause}; ${refusal.advice}`).join("\n")).toMatch(cause);
  });

  it("asks for the board's file when there is none, and refuses a plan of placements", () => {
    expect(() => emit(exampleModePlan(), "nvpmodel", { ...options, nvpmodelConf: undefined as never })).toThrow(
      /needs the board's own file.*copy \/etc\/nvpmodel.conf/,
    );
  });
});

describe("patchNvpmodel", () => {
  const models = fc.array(
    fc.record({
      id: fc.nat(),
      name: fc.stringMatching(/^[A-Z0-9_]{1,20}$/),
      settings: fc.array(
        fc.record({
          parameter: fc.constant("GPU"),
          argument: fc.constant("MAX_FREQ"),
          value: fc.stringMatching(/^\d{1,10}$/),
        }),
      ),
    }),
    { maxLength: 3 },
  );
  const texts = fc
    .tuple(
      fc.array(fc.constantFrom("", "# a", "< POWER_MODEL ID=0 NAME=A >", "GPU MAX_FREQ 1", "\tx", "é\r")),
      fc.string(),
    )
    .map(([lines, rest]) => `${lines.join("\n")}\n< PM_CONFIG DEFAULT=0 >\n${rest.replaceAll("# partitune", "")}`);

  it("changes nothing when done twice, and is undone to the byte, whatever else the file holds", () => {
    fc.assert(
      fc.property(texts, models, models, (text, own, others) => {
        const patched = patchNvpmodel(text, "own", own);
        expect(patchNvpmodel(patched, "own", own)).toBe(patched);
        expect(unpatchNvpmodel(patched, "own")).toBe(text);
        const both = patchNvpmodel(patched, "other", others);
        expect(unpatchNvpmodel(both, "own")).toBe(patchNvpmodel(text, "other", others));
      }),
    );
  });

  it("refuses a patch that has lost its end, and a file without a default", () => {
    const broken = patchNvpmodel(orinConf(), "own", [{ id: 9, name: "A", settings: [] }]).replace(
      "# partitune end own\n",
      "",
    );
    expect(() => unpatchNvpmodel(broken, "own")).toThrow(/begins the modes of "own" and does not end them/);
    expect(() => patchNvpmodel("", "own", [{ id: 9, name: "A", settings: [] }])).toThrow(/no PM_CONFIG/);
  });
});

describe("parseNvpmodel", () => {
  it.each<[string, string, RegExp]>([
    ["no modes", "< PM_CONFIG DEFAULT=0 >\n", /has no POWER_MODEL/],
    ["no default", "< POWER_MODEL ID=0 NAME=A >\n", /names no default mode/],
    [
      "two modes of one ID",
      "< POWER_MODEL ID=0 NAME=A >\n< POWER_MODEL ID=0 NAME=B >\n< PM_CONFIG DEFAULT=0 >",
      /of ID 0/,
    ],
    [
      "an undeclared parameter",
      "< POWER_MODEL ID=0 NAME=A >\nGPU MAX_FREQ 1\n< PM_CONFIG DEFAULT=0 >",
      /"GPU" in mode A/,
    ],
    ["a line of two words", "\n< POWER_MODEL ID=0 NAME=A >\nGPU 1\n< PM_CONFIG DEFAULT=0 >", /line 3 has "GPU 1"/],
    ["a relative path", "< PARAM TYPE=FILE NAME=GPU >\nMAX_FREQ sys\n", /line 2 gives argument "MAX_FREQ" no absolute/],
    ["an ID that is none", "< POWER_MODEL ID=x NAME=A >\n< PM_CONFIG DEFAULT=0 >", /line 1 has ID=x/],
    ["a section without an end", "< POWER_MODEL ID=0 NAME=A\n", /line 1 has a section/],
    ["something else altogether", "#!/bin/sh\necho hello\n", /names no default mode/],
  ])("refuses a file with %s", (_, text, problem) => {
    expect(() => parseNvpmodel(text)).toThrow(problem);
  });
});

describe("the bundle for a Jetson board", () => {
  it.for(["bash", "dash", "shellcheck"])("is read without complaint by %s", (reader, { skip }) => {
    if (!isInstalled(reader)) return skip(`${reader} is not installed (Debian package ${reader})`);
    const one = powerBundle("nvpmodel", exampleModeSchedule([{ powerMode: orinMode, seconds: 1 }]), { name: hostile });
    made.push(one);
    const files = readdirSync(one.folder).filter((name) => name.endsWith(".sh"));
    expect(files).toHaveLength(8);
    const paths = files.map((name) => join(one.folder, name));
    const runs = reader === "shellcheck" ? [["-x", "-P", one.folder, ...paths]] : paths.map((path) => ["-n", path]);
    for (const args of runs) {
      const { status, stdout, stderr } = spawnSync(reader, args, { encoding: "utf8" });
      expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: "" });
    }
  });

  it("checks, applies, reads back, shows and undoes, and changes nothing else", () => {
    const one = board();
    const before = stateOf(one);
    const check = one.script("check.sh");
    expect(check).toMatchObject({ code: 0 });
    for (const line of check.output.trim().split("\n")) expect(line).toMatch(/^(ok {4}|note {2})/);
    expect(check.output).toContain(
      'mode "8c-cpu1344-gpu726.75-mem2133" is not set: GPU MAX_FREQ is 624750000, wanted is 726750000',
    );
    expect(check.output).toMatch(
      /note {2}TPC_POWER_GATING TPC_PG_MASK is 240 and will be 0.* nvpmodel -m 0 \(MAXN\), reboot/,
    );
    expect(one.calls()).toEqual([]);
    expect(one.script("status.sh")).toMatchObject({ code: 1, output: expect.stringContaining("is not applied") });

    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(one.read("mode")).toBe("3");
    const cluster = "sys/devices/system/cpu/cpu4/cpufreq";
    expect([one.read(`${cluster}/scaling_min_freq`), one.read(`${cluster}/scaling_max_freq`)]).toEqual([
      "1344000",
      "1344000",
    ]);
    expect(one.read("sys/devices/system/cpu/cpu8/online")).toBe("0");
    expect(one.read("sys/kernel/nvpmodel_emc_cap/emc_iso_cap")).toBe("2133000000");
    expect(lstatSync(one.conf).isSymbolicLink()).toBe(true);
    expect(one.script("status.sh")).toMatchObject({ code: 0, output: expect.stringContaining('set      "8c') });
    expect(one.script("check.sh").output).toContain("is set now");

    expect(one.script("undo.sh")).toMatchObject({ code: 0, output: expect.stringContaining("is back") });
    expect(one.calls()).toEqual([
      expect.stringMatching(/^jetson_clocks --store /),
      "nvpmodel -m 3",
      "jetson_clocks",
      "nvpmodel -m 2",
      expect.stringMatching(/^jetson_clocks --restore /),
    ]);
    expect(stateOf(one)).toEqual({ ...before, "sys/devices/gpu.0/power/control": "auto\n" });
    expect(readdirSync(one.state)).toEqual([]);
  });

  it("may be applied and undone twice, and forgets nothing when it is emitted and applied again", () => {
    const one = board();
    const before = stateOf(one);
    expect(one.script("undo.sh")).toMatchObject({ code: 0, output: expect.stringContaining("is not applied") });
    expect(one.script("apply.sh").code).toBe(0);
    one.write(exampleModePlan({ powerMode: otherOrinMode }));
    expect(one.script("check.sh").output).toMatch(/FAIL {2}.* is not the file the plan was emitted for/);
    one.write(exampleModePlan());
    const patched = readFileSync(one.conf, "utf8");
    expect(one.script("apply.sh").code).toBe(0);
    expect(readFileSync(one.conf, "utf8")).toBe(patched);
    expect(one.script("undo.sh").code).toBe(0);
    expect(one.script("undo.sh").code).toBe(0);
    expect(stateOf(one)).toEqual(before);
  });

  it("takes out exactly its own block when the board's file was changed meanwhile", () => {
    const one = board();
    expect(one.script("apply.sh").code).toBe(0);
    const others = patchNvpmodel(readFileSync(one.conf, "utf8"), "other", [{ id: 9, name: "OTHER", settings: [] }]);
    writeFileSync(one.conf, `${others}# a remark\n`);
    expect(one.script("undo.sh")).toMatchObject({ code: 0, output: expect.stringContaining("their changes are kept") });
    const left = patchNvpmodel(orinConf(one.board), "other", [{ id: 9, name: "OTHER", settings: [] }]);
    expect(readFileSync(one.conf, "utf8")).toBe(`${left}# a remark\n`);
  });

  // Steps that set something: store, mode, clocks; then those of undo.
  it.each([1, 2, 3])("puts everything back after it was killed at step %i", (step) => {
    const one = board();
    const before = stateOf(one);
    expect(one.script("apply.sh", { environment: { FAKE_KILL_AT: String(step) } }).code).not.toBe(0);
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(stateOf(one)).toEqual(before);
    expect(readdirSync(one.state).filter((name) => name !== "record~" && name !== "working")).toEqual([]);
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(stateOf(one)).toEqual(before);
  });

  it.each([4, 5])("goes on putting back after undo itself was killed at step %i", (step) => {
    const one = board();
    const before = stateOf(one);
    expect(one.script("apply.sh").code).toBe(0);
    expect(one.script("undo.sh", { environment: { FAKE_KILL_AT: String(step) } }).code).not.toBe(0);
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(stateOf(one)).toEqual(before);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ["reports success and stays in its mode", { FAKE_NVPMODEL: "falls-back" }, /was asked for mode 3 and reports 2/],
    ["fails", { FAKE_NVPMODEL: "refuses" }, /nvpmodel -m 3 failed: NVPM ERROR/],
    [
      "rounds a clock",
      { FAKE_NVPMODEL: "rounds" },
      /did not take the mode:\nGPU MAX_FREQ is 624750000, wanted is 726750000/,
    ],
    ["wants a reboot", { FAKE_NVPMODEL: "reboots" }, /nvpmodel -m 3 failed: NVPM WARN: Reboot required/],
    ["cannot pin clocks", { FAKE_CLOCKS: "fails" }, /jetson_clocks failed: Error: Failed to max GPU/],
  ])("says so when the board %s, and keeps the record until what was set is back", (_, environment, words) => {
    const one = board();
    const before = stateOf(one);
    expect(one.script("apply.sh", { environment })).toMatchObject({ code: 1, output: expect.stringMatching(words) });
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(stateOf(one)).toEqual(before);
    expect(existsSync(join(one.state, "record"))).toBe(false);
  });

  it("changes nothing when a program is missing, a value is unknown to the kernel, or it is not called by root", () => {
    const one = board();
    const before = stateOf(one);
    expect(one.script("check.sh", { environment: { PATH: "/usr/bin:/bin" } })).toMatchObject({
      code: 1,
      output: expect.stringMatching(
        /FAIL {2}program nvpmodel is missing.*\n.*FAIL {2}program jetson_clocks is missing/s,
      ),
    });
    expect(one.script("apply.sh", { environment: { PATH: "/usr/bin:/bin" } }).code).toBe(1);
    expect(one.script("apply.sh", { uid: 65534 }).code).toBe(1);
    expect(one.script("check.sh", { uid: 65534 }).output).toMatch(/FAIL {2}only root may set power modes/);
    one.write(exampleModePlan({ powerMode: { name: "odd", gpuHertz: 700e6 } }));
    expect(one.script("apply.sh")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/GPU MAX_FREQ cannot be 700000000/),
    });
    expect(one.script("apply.sh", { args: ["7"] })).toMatchObject({ code: 2 });
    expect(stateOf(one)).toEqual(before);
    expect(one.calls()).toEqual([]);
  });

  it("does not touch what another plan has applied", () => {
    const one = board();
    expect(one.script("apply.sh").code).toBe(0);
    const applied = stateOf(one);
    one.write(exampleModePlan(), { name: "other", nvpmodelConf: readFileSync(one.conf, "utf8") });
    for (const script of ["apply.sh", "undo.sh"])
      expect(one.script(script)).toMatchObject({
        code: 1,
        output: expect.stringContaining('plan "night shift" has set'),
      });
    expect(one.script("check.sh").output).toMatch(/FAIL {2}plan "night shift" has set the power mode/);
    expect(stateOf(one)).toEqual(applied);
  });

  const hostile = 'it\'s $(touch pwned) `touch pwned` ;touch pwned; "x" $HOME -rf é漢 | & > pwned \\';

  it.each(["sh", "bash"])("lets no name of a plan or a mode break out, under %s", (shell) => {
    const one = board(exampleModePlan({ powerMode: { ...orinMode, name: hostile } }), { name: hostile });
    const before = stateOf(one);
    for (const name of ["check.sh", "apply.sh", "status.sh", "undo.sh"]) {
      const { code, output } = one.script(name, { shell });
      expect({ name, code }).toEqual({ name, code: 0 });
      expect(output).toContain(hostile);
    }
    expect(parseNvpmodel(readFileSync(join(one.folder, "nvpmodel.conf"), "utf8")).models[2]!.name).toMatch(
      /^[A-Z0-9_]+$/,
    );
    expect(stateOf(one)).toEqual(before);
    const everywhere = [one.folder, one.board, one.state, process.cwd()].flatMap((folder) => readdirSync(folder));
    expect(everywhere.filter((name) => name.startsWith("pwned"))).toEqual([]);
  });

  it("lets no path of a board's file break out", () => {
    const path = "/sys/$(touch$IFS./pwned)`touch$IFS./pwned`';touch$IFS./pwned;'\"";
    const one = board();
    const conf = orinConf(one.board).replace(/^MAX_FREQ .*emc_iso_cap$/m, () => `MAX_FREQ ${path}`);
    writeFileSync(one.conf, conf);
    one.write(exampleModePlan());
    expect(one.script("check.sh")).toMatchObject({
      code: 0,
      output: expect.stringContaining("EMC MAX_FREQ is unreadable"),
    });
    expect(one.script("apply.sh")).toMatchObject({ code: 1 });
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(readFileSync(one.conf, "utf8")).toBe(conf);
    const everywhere = [one.folder, one.board, one.state, process.cwd()].flatMap((folder) => readdirSync(folder));
    expect(everywhere.filter((name) => name.startsWith("pwned"))).toEqual([]);
  });
});
