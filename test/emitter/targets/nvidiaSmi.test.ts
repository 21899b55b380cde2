import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { emit } from "@partitune/emitter";
import type { PowerMode } from "@partitune/schema";
import { afterEach, describe, expect, it } from "vitest";
import { isInstalled } from "../fixtures/bundle.ts";
import { exampleModePlan } from "../fixtures/exampleModePlan.ts";
import { type PowerBundle, powerBundle } from "../fixtures/powerBundle.ts";

const capped: PowerMode = { name: "200w-gpu1200-mem1215", powerCapWatts: 200, gpuHertz: 1.2e9, memoryHertz: 1.215e9 };
const uuid = "GPU-00000000-1111-2222-3333-444444444444";

const made: PowerBundle[] = [];
afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

function card(powerMode: PowerMode = capped, gpus?: readonly string[]): PowerBundle {
  const one = powerBundle("nvidia-smi", exampleModePlan({ powerMode }), gpus === undefined ? {} : { gpus });
  made.push(one);
  return one;
}

const stateOf = (one: PowerBundle) => ["limit", "sm", "memory"].map((name) => one.read(name));
const untouched = ["250.00", "1410", "1215"];
const options = { name: "desk", home: "/opt/partitune", directory: "/" };

describe("the target nvidia-smi", () => {
  it.each<[string, PowerMode, RegExp]>([
    ["cores", { name: "a", cores: 8, powerCapWatts: 200 }, /sets 8 processor cores, and nvidia-smi sets cards alone/],
    ["a processor clock", { name: "a", cpuHertz: 1e9 }, /processor clock of 1000 MHz/],
    ["half a megahertz", { name: "a", gpuHertz: 1200.5e6 }, /1200.5 MHz, and nvidia-smi takes whole MHz/],
    ["thousandths of a watt", { name: "a", powerCapWatts: 200.001 }, /200.001 W, and nvidia-smi takes hundredths/],
    ["nothing at all", { name: "a" }, /sets nothing/],
  ])("refuses a mode that sets %s", (_, powerMode, cause) => {
    const emission = emit(exampleModePlan({ powerMode }), "nvidia-smi", options);
    if (emission.status !== "refused") throw new Error("emitted");
    expect(emission.refusals.map((refusal) => refusal.cause).join("\n")).toMatch(cause);
  });

  it.each([["card 0"], ["-1"], ["$(touch pwned)"], ["GPU-x"], [""]])('refuses the card "%s"', (gpu) => {
    expect(() => emit(exampleModePlan({ powerMode: capped }), "nvidia-smi", { ...options, gpus: [gpu] })).toThrow(
      /neither an index nor a UUID/,
    );
  });

  it("refuses a card named twice, and none", () => {
    for (const gpus of [["0", "0"], []])
      expect(() => emit(exampleModePlan({ powerMode: capped }), "nvidia-smi", { ...options, gpus })).toThrow(/GPU/);
  });
});

describe("the bundle for an NVIDIA card", () => {
  it("is read without complaint by shellcheck", ({ skip }) => {
    if (!isInstalled("shellcheck")) return skip("shellcheck is not installed (Debian package shellcheck)");
    const { folder } = card();
    const scripts = readdirSync(folder).filter((name) => name.endsWith(".sh"));
    const paths = scripts.map((name) => join(folder, name));
    const { status, stdout } = spawnSync("shellcheck", ["-x", "-P", folder, ...paths], { encoding: "utf8" });
    expect({ status, said: stdout }).toEqual({ status: 0, said: "" });
  });

  it.each([[undefined], [[uuid]]])("checks, sets cap and clocks, reads them back and undoes, for cards %j", (gpus) => {
    const one = card(capped, gpus);
    const name = gpus?.[0] ?? "0";
    const check = one.script("check.sh");
    expect(check).toMatchObject({ code: 0 });
    expect(check.output).toMatch(/ok {4}GPU \S+ can be limited to 200 W \(100.00 to 300.00 W\)/);
    expect(check.output).toMatch(/note {2}GPU \S+ loses its settings when its last user ends/);
    expect(one.calls()).toEqual([]);
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(stateOf(one)).toEqual(["200.00", "1200", "1215"]);
    expect(one.script("status.sh")).toMatchObject({ code: 0 });
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(stateOf(one)).toEqual(untouched);
    const told = ["-pl 200", "-lmc 1215,1215", "-lgc 1200,1200", "-rgc", "-rmc", "-pl 250.00"];
    expect(one.calls()).toEqual(told.map((words) => `nvidia-smi -i ${name} ${words}`));
    expect(readdirSync(one.state)).toEqual([]);
  });

  it("sets only what the mode sets", () => {
    const one = card({ name: "200w", powerCapWatts: 200 });
    expect(one.script("apply.sh").code).toBe(0);
    expect(one.script("undo.sh").code).toBe(0);
    expect(one.calls()).toEqual(["nvidia-smi -i 0 -pl 200", "nvidia-smi -i 0 -pl 250.00"]);
  });

  it.each([1, 2, 3])("puts the recorded limit back after it was killed at step %i", (step) => {
    const one = card();
    expect(one.script("apply.sh", { environment: { FAKE_KILL_AT: String(step) } }).code).not.toBe(0);
    expect(one.script("apply.sh")).toMatchObject({ code: 0 });
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(stateOf(one)).toEqual(untouched);
  });

  it.each<[string, PowerMode, Readonly<Record<string, string>>, RegExp]>([
    [
      "reports success and changes nothing",
      capped,
      { FAKE_SMI: "falls-back" },
      /power limit is 250.00 W, wanted is 200 W/,
    ],
    ["denies it", capped, { FAKE_SMI: "denies" }, /nvidia-smi -i 0 -pl 200 failed: Insufficient Permissions/],
    ["has a fixed limit", capped, { FAKE_SMI: "fixed" }, /FAIL {2}GPU 0 does not let its power be limited/],
    ["allows less", { ...capped, powerCapWatts: 350 }, {}, /cannot be limited to 350 W; it allows 100.00 to 300.00 W/],
    ["has no such clock", { ...capped, gpuHertz: 1.3e9 }, {}, /cannot run at 1300 MHz with memory at 1215 MHz/],
    ["has no such pair of clocks", { name: "a", memoryHertz: 5e9 }, {}, /cannot run at with memory at 5000 MHz/],
  ])("says so when the card %s, and leaves it as it was", (_, mode, environment, words) => {
    const one = card(mode);
    expect(one.script("apply.sh", { environment })).toMatchObject({ code: 1, output: expect.stringMatching(words) });
    expect(one.script("undo.sh")).toMatchObject({ code: 0 });
    expect(stateOf(one)).toEqual(untouched);
    expect(existsSync(join(one.state, "record"))).toBe(false);
  });

  it("puts back what was set before a card refused the rest", () => {
    const one = card();
    const environment = { FAKE_SMI: "old" };
    expect(one.script("apply.sh", { environment })).toMatchObject({
      code: 1,
      output: expect.stringContaining("Setting memory clocks is not supported"),
    });
    expect(stateOf(one)).toEqual(untouched);
    expect(one.calls().at(-1)).toBe("nvidia-smi -i 0 -pl 250.00");
    expect(existsSync(join(one.state, "record"))).toBe(false);
  });

  it("says when a card does not answer, the driver is missing, or it is not called by root", () => {
    const one = card(capped, ["3"]);
    expect(one.script("check.sh")).toMatchObject({
      code: 1,
      output: expect.stringMatching(/FAIL {2}GPU 3 does not answer/),
    });
    expect(one.script("check.sh", { environment: { PATH: "/usr/bin:/bin" } }).output).toMatch(
      /program nvidia-smi is missing/,
    );
    expect(one.script("apply.sh", { uid: 65534 })).toMatchObject({ code: 1 });
    expect(one.calls()).toEqual([]);
  });
});
