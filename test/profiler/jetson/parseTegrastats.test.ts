import { describe, expect, test } from "vitest";
import { parseTegrastats } from "../../../packages/profiler/src/jetson/parseTegrastats.ts";

/** Lines in the forms of releases 32 to 36, with numbers of our own. */
const lines = {
  nano: "RAM 613/3964MB (lfb 634x4MB) SWAP 12/1982MB (cached 0MB) CPU [2%@102,1%@204,off,off] EMC_FREQ 0% GR3D_FREQ 37% PLL@39C CPU@40.5C PMIC@100C GPU@41C AO@46C thermal@41C POM_5V_IN 2600/2643 POM_5V_GPU 40/41 POM_5V_CPU 523/523",
  tx2: "RAM 1345/7829MB (lfb 1290x4MB) SWAP 0/512MB (cached 0MB) CPU [2%@345,off,off,3%@345,1%@345,0%@345] EMC_FREQ 13%@665 GR3D_FREQ 4%@114 APE 150 BCPU@35C MCPU@35C GPU@41C PLL@35C Tboard@35C thermal@35.5C VDD_SYS_GPU 152/152 VDD_SYS_SOC 687/687 VDD_4V0_WIFI 0/0 VDD_IN 3056/3056 VDD_SYS_CPU 152/152 VDD_SYS_DDR 883/883",
  xavier:
    "RAM 1903/15692MB (lfb 3251x4MB) CPU [1%@1190,1%@1190,2%@1190,0%@1190,off,off,off,off] EMC_FREQ 0% GR3D_FREQ 0% AO@32.5C GPU@32C Tboard@32C AUX@31.5C CPU@33.5C thermal@32.9C PMIC@100C GPU 310/0 CPU 216/216 SOC 864/864 CV 0/0 VDDRQ 144/144 SYS5V 1889/1889",
  orin: "11-14-2025 22:54:33 RAM 4300/30698MB (lfb 5x4MB) SWAP 0/15349MB (cached 0MB) CPU [0%@729,12%@2201,off,off] EMC_FREQ 3%@2133 GR3D_FREQ 45%@[611,0] VIC_FREQ 729 APE 174 CV0@-256C CPU@42.593C Tboard@32C SOC2@39.343C tj@42.593C VDD_GPU_SOC 2399mW/2390mW VDD_CPU_CV 400mW/400mW VIN_SYS_5V0 4032mW/4032mW NC 0mW/0mW VDDQ_VDD2_1V8AO 301mW/301mW NC 0mW/0mW",
  orinNano:
    "05-05-2026 13:31:31 RAM 3168/7607MB (lfb 2x4MB) SWAP 161/3803MB (cached 0MB) CPU [23%@1344,17%@1344,16%@1344,13%@1344,off,off] EMC_FREQ 2%@2133 GR3D_FREQ 0%@[306] NVDEC off APE 200 cpu@46.5C soc2@45.187C gpu@45.5C tj@46.5C VDD_IN 4763mW/4846mW VDD_CPU_GPU_CV 650mW/670mW VDD_SOC 1450mW/1411mW",
} as const;

describe("parseTegrastats", () => {
  test("Nano: clocks of cores, offline cores, rails in mW without their unit", () => {
    const line = parseTegrastats(lines.nano)!;
    expect(line.cores).toEqual([{ load: 0.02, hertz: 102e6 }, { load: 0.01, hertz: 204e6 }, undefined, undefined]);
    expect([line.gpuBusy, line.gpuHertz, line.memoryHertz]).toEqual([0.37, undefined, undefined]);
    expect(Object.fromEntries(line.watts)).toEqual({ POM_5V_IN: 2.6, POM_5V_GPU: 0.04, POM_5V_CPU: 0.523 });
    expect(line.temperatures.get("CPU")).toBe(40.5);
    expect([line.memoryUsedBytes, line.memoryTotalBytes, line.swapUsedBytes]).toEqual(
      [613, 3964, 12].map((megabytes) => megabytes * 2 ** 20),
    );
  });

  test("TX2: clocks of memory and GPU without brackets, an input among the rails", () => {
    const line = parseTegrastats(lines.tx2)!;
    expect([line.memoryHertz, line.gpuHertz]).toEqual([665e6, 114e6]);
    expect(line.watts.get("VDD_IN")).toBe(3.056);
    expect(line.watts.size).toBe(6);
  });

  test("Xavier: rails that have the names of temperatures", () => {
    const line = parseTegrastats(lines.xavier)!;
    expect(Object.fromEntries(line.watts)).toEqual({
      ...{ GPU: 0.31, CPU: 0.216, SOC: 0.864, CV: 0, VDDRQ: 0.144, SYS5V: 1.889 },
    });
    expect(line.temperatures.get("GPU")).toBe(32);
    expect(line.cores.filter((core) => core === undefined)).toHaveLength(4);
  });

  test("Orin: a date in front, GPU clocks in brackets, zones that are off and channels without a rail left out", () => {
    const line = parseTegrastats(lines.orin)!;
    expect([line.gpuBusy, line.gpuHertz, line.memoryHertz]).toEqual([0.45, 611e6, 2133e6]);
    expect([...line.watts]).toEqual([
      ["VDD_GPU_SOC", 2.399],
      ["VDD_CPU_CV", 0.4],
      ["VIN_SYS_5V0", 4.032],
      ["VDDQ_VDD2_1V8AO", 0.301],
    ]);
    expect(line.temperatures.has("CV0")).toBe(false);
    expect(line.temperatures.get("tj")).toBe(42.593);
  });

  test("Orin Nano: one clock in brackets, power now and not its average", () => {
    const line = parseTegrastats(lines.orinNano)!;
    expect(line.gpuHertz).toBe(306e6);
    expect(Object.fromEntries(line.watts)).toEqual({ VDD_IN: 4.763, VDD_CPU_GPU_CV: 0.65, VDD_SOC: 1.45 });
  });

  test.each(["", "Error: must be root", "nvpmodel: 2", "CPU usage is high"])(
    "a line of another program, %j, is none",
    (line) => {
      expect(parseTegrastats(line)).toBeUndefined();
    },
  );
});
