import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { emit, type TargetName } from "@partitune/emitter";
import type { PowerMode } from "@partitune/schema";
import { afterEach, describe, expect, it } from "vitest";
import { exampleModeSchedule, orinMode, otherOrinMode } from "../fixtures/exampleModePlan.ts";
import { orinConf } from "../fixtures/orinConf.ts";
import { type PowerBundle, powerBundle } from "../fixtures/powerBundle.ts";

const made: PowerBundle[] = [];
afterEach(() => {
  for (const each of made.splice(0)) each.remove();
});

function schedule(target: TargetName, modes: readonly PowerMode[], repeat = false, seconds = 0.1): PowerBundle {
  const periods = modes.map((powerMode) => ({ powerMode, seconds }));
  const one = powerBundle(target, exampleModeSchedule(periods, repeat));
  made.push(one);
  return one;
}

const setters = (one: PowerBundle) => one.calls().filter((call) => !/--store|--restore/.test(call));

describe("a schedule of power modes", () => {
  it("sets each period's mode in its turn, a mode that stays only once, and puts back what was set before", () => {
    const one = schedule("nvpmodel", [orinMode, orinMode, otherOrinMode]);
    expect(one.script("run.sh")).toMatchObject({ code: 0, output: expect.stringContaining("the schedule has ended") });
    expect(setters(one)).toEqual(["nvpmodel -m 3", "jetson_clocks", "nvpmodel -m 4", "jetson_clocks", "nvpmodel -m 2"]);
    expect(readFileSync(one.conf, "utf8")).toBe(orinConf(one.board));
    expect(readdirSync(one.state)).toEqual([]);
  });

  it("leaves what a mode does not set as it was before the plan", () => {
    const one = schedule("nvidia-smi", [{ name: "low", powerCapWatts: 150, gpuHertz: 1.2e9 }, { name: "default" }]);
    expect(one.script("run.sh").code).toBe(0);
    const told = ["-pl 150", "-lgc 1200,1200", "-pl 250.00", "-rgc", "-rgc", "-pl 250.00"];
    expect(one.calls()).toEqual(told.map((words) => `nvidia-smi -i 0 ${words}`));
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "begins again after its last period until %s, which undoes it",
    async (signal) => {
      const one = schedule("nvpmodel", [orinMode, otherOrinMode], true);
      const run = one.begin("run.sh");
      const ended = once(run, "exit");
      while (setters(one).length < 6) await sleep(20);
      run.kill(signal);
      expect(await ended).toEqual([0, null]);
      expect(one.read("mode")).toBe("2");
      expect(existsSync(join(one.state, "record"))).toBe(false);
    },
  );

  it("is ended and undone by undo.sh, also after it was killed", async () => {
    for (const kill of [false, true]) {
      const one = schedule("nvpmodel", [orinMode], true, 60);
      const run = one.begin("run.sh");
      const ended = once(run, "exit");
      while (setters(one).length < 2) await sleep(20);
      await sleep(100);
      if (kill) run.kill("SIGKILL");
      else
        expect(one.script("apply.sh")).toMatchObject({
          code: 1,
          output: expect.stringMatching(/is setting the power mode/),
        });
      expect(one.script("undo.sh")).toMatchObject({ code: 0 });
      await ended;
      expect(one.read("mode")).toBe("2");
      expect(readFileSync(one.conf, "utf8")).toBe(orinConf(one.board));
    }
  });

  it("stops with everything back when the board does not take a mode", () => {
    const one = schedule("nvpmodel", [orinMode, otherOrinMode], true);
    const failed = one.script("run.sh", { environment: { FAKE_NVPMODEL: "rounds" } });
    expect(failed).toMatchObject({ code: 1, output: expect.stringMatching(/did not take the mode/) });
    expect(one.read("mode")).toBe("2");
    expect(existsSync(join(one.state, "record"))).toBe(false);
  });

  it("is not carried by targets that run workloads, which say who carries it", () => {
    const options = { name: "a", home: "/opt/partitune", directory: "/" };
    for (const target of ["cpu", "interleave"] as const) {
      const emission = emit(exampleModeSchedule([{ powerMode: orinMode, seconds: 1 }]), target, options);
      expect(emission).toMatchObject({
        status: "refused",
        refusals: [
          { cause: expect.stringContaining("does not carry a mode-schedule"), advice: "choose nvpmodel or nvidia-smi" },
        ],
      });
    }
  });
});
