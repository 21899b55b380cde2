import { describe, expect, test } from "vitest";
import { knownBoards } from "../../../packages/profiler/src/jetson/boards.ts";
import { partsExceed, totalRule } from "../../../packages/profiler/src/jetson/totalPower.ts";

const board = (name: string) => knownBoards.find((each) => each.name === name)!;

describe("totalRule", () => {
  test.each([
    ["Nano", ["POM_5V_IN", "POM_5V_GPU", "POM_5V_CPU"], ["POM_5V_IN"]],
    ["TX2", ["VDD_SYS_GPU", "VDD_SYS_SOC", "VDD_4V0_WIFI", "VDD_IN", "VDD_SYS_CPU", "VDD_SYS_DDR"], ["VDD_IN"]],
    ["Xavier NX", ["VDD_IN", "VDD_CPU_GPU_CV", "VDD_SOC"], ["VDD_IN"]],
    ["Orin NX", ["VDD_IN", "VDD_CPU_GPU_CV", "VDD_SOC"], ["VDD_IN"]],
    ["Orin Nano 8GB", ["VDD_IN", "VDD_CPU_GPU_CV", "VDD_SOC"], ["VDD_IN"]],
    ["AGX Xavier", ["GPU", "CPU", "SOC", "CV", "VDDRQ", "SYS5V"], ["GPU", "CPU", "SOC", "CV", "VDDRQ", "SYS5V"]],
    [
      "AGX Orin",
      ["VDD_GPU_SOC", "VDD_CPU_CV", "VIN_SYS_5V0", "VDDQ_VDD2_1V8AO"],
      ["VDD_GPU_SOC", "VDD_CPU_CV", "VIN_SYS_5V0"],
    ],
    ["AGX Thor", ["VDD_GPU", "VDD_CPU_SOC_MSS", "VIN"], ["VIN"]],
  ])("%s: of %j the total is %j", (name, rails, total) => {
    expect(totalRule(board(name), rails).rails).toEqual(total);
  });

  test("says what the total covers and of what it is made", () => {
    expect(totalRule(board("AGX Orin"), ["VDD_GPU_SOC", "VDD_CPU_CV", "VIN_SYS_5V0"])).toMatchObject({
      meaning: "module: VDD_GPU_SOC + VDD_CPU_CV + VIN_SYS_5V0",
    });
    expect(totalRule(board("AGX Thor"), ["VIN"])).toMatchObject({ meaning: "board: VIN" });
  });

  test("a sum that misses a term is none, and an input that is missing neither", () => {
    expect(totalRule(board("AGX Orin"), ["VDD_GPU_SOC", "VDD_CPU_CV"])).toEqual({
      rails: null,
      reason: expect.stringContaining("shows no rail VIN_SYS_5V0"),
    });
    expect(totalRule(board("Nano"), ["POM_5V_GPU", "POM_5V_CPU"]).rails).toBeNull();
  });

  test("a board that is not known keeps its rails and has no total", () => {
    expect(totalRule(undefined, ["VDD_A", "VDD_B"])).toEqual({
      rails: null,
      reason: expect.stringContaining("VDD_A, VDD_B"),
    });
  });

  test("without rails there is no total", () => {
    expect(totalRule(board("Nano"), [])).toEqual({ rails: null, reason: "no power monitor of the board can be read" });
  });
});

describe("knownBoards", () => {
  test("a part is part of a rail of the total, and no rail of the total itself", () => {
    for (const { power } of knownBoards) {
      expect(Object.values(power.parts).filter((input) => !power.total.rails.includes(input))).toEqual([]);
      expect(power.total.rails.filter((rail) => rail in power.parts)).toEqual([]);
    }
  });

  test("every part number stands for one module", () => {
    const modules = knownBoards.flatMap((each) => each.modules);
    expect(new Set(modules).size).toBe(modules.length);
  });
});

describe("partsExceed", () => {
  const { power } = board("Orin NX");

  test("parts that stay below what feeds them are right, also when they are read a little late", () => {
    expect(
      partsExceed(
        power,
        new Map([
          ["VDD_IN", 100],
          ["VDD_CPU_GPU_CV", 60],
          ["VDD_SOC", 30],
        ]),
      ),
    ).toBeUndefined();
    expect(
      partsExceed(
        power,
        new Map([
          ["VDD_IN", 100],
          ["VDD_CPU_GPU_CV", 70],
          ["VDD_SOC", 33],
        ]),
      ),
    ).toBeUndefined();
  });

  test("parts that drew more than what feeds them show that the rails are others", () => {
    expect(
      partsExceed(
        power,
        new Map([
          ["VDD_IN", 100],
          ["VDD_CPU_GPU_CV", 80],
          ["VDD_SOC", 40],
        ]),
      ),
    ).toBe("VDD_CPU_GPU_CV + VDD_SOC drew 120.0 W and VDD_IN, of which they are parts, 100.0 W");
  });

  test("rails that are not read are not judged", () => {
    expect(partsExceed(power, new Map([["VDD_CPU_GPU_CV", 80]]))).toBeUndefined();
  });
});
