import { devices, readJetsonModes } from "@partitune/profiler";
import { device, powerModesOf } from "@partitune/schema";
import { describe, expect, test } from "vitest";

/** A synthetic nvpmodel.conf in the layout of a board with two clusters of four cores: written by hand, recorded nowhere. */
const conf = `
# a comment
< PARAM TYPE=FILE NAME=CPU_ONLINE >
${[0, 1, 2, 3, 4, 5, 6, 7].map((core) => `CORE_${core} /sys/devices/system/cpu/cpu${core}/online`).join("\n")}

< PARAM TYPE=CLOCK NAME=CPU_A78_0 >
FREQ_TABLE /sys/devices/system/cpu/cpufreq/policy0/scaling_available_frequencies
MAX_FREQ /sys/devices/system/cpu/cpufreq/policy0/scaling_max_freq

< PARAM TYPE=CLOCK NAME=CPU_A78_1 >
MAX_FREQ /sys/devices/system/cpu/cpufreq/policy4/scaling_max_freq

< PARAM TYPE=CLOCK NAME=GPU >
MAX_FREQ /sys/devices/17000000.ga10b/devfreq/17000000.ga10b/max_freq

< PARAM TYPE=CLOCK NAME=EMC >
MAX_FREQ /sys/kernel/nvpmodel_clk_cap/emc

< POWER_MODEL ID=0 NAME=MAXN >
${cores(8)}
CPU_A78_0 MAX_FREQ -1
CPU_A78_1 MAX_FREQ -1
GPU MAX_FREQ -1
EMC MAX_FREQ 0

< POWER_MODEL ID=1 NAME=15W >
${cores(4)}
CPU_A78_0 MAX_FREQ 1113600
GPU MAX_FREQ 420750000
EMC MAX_FREQ 2133000000

< POWER_MODEL ID=2 NAME=30W >
${cores(8)}
CPU_A78_0 MAX_FREQ 1728000
CPU_A78_1 MAX_FREQ 1728000
GPU MAX_FREQ 624750000
EMC MAX_FREQ 3199000000

< PM_CONFIG DEFAULT=2 >
`;

function cores(online: number): string {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((core) => `CPU_ONLINE CORE_${core} ${core < online ? 1 : 0}`).join("\n");
}

const files = {
  nvpmodel: conf,
  cpuKilohertz: "729600 1113600 1728000 2201600 \n",
  gpuHertz: "306000000 420750000 624750000 1300500000",
  memoryKilohertz: "204000 2133000 3199000",
};

test("named modes are those of the file, the default first, and levels are the board's clocks", () => {
  const { powerModes, powerLevels } = readJetsonModes(files);
  expect(powerModes).toEqual([
    { name: "30W", cores: 8, cpuHertz: 1.728e9, gpuHertz: 624.75e6, memoryHertz: 3.199e9 },
    { name: "MAXN", cores: 8, cpuHertz: 2.2016e9, gpuHertz: 1300.5e6, memoryHertz: 3.199e9 },
    { name: "15W", cores: 4, cpuHertz: 1.1136e9, gpuHertz: 420.75e6, memoryHertz: 2.133e9 },
  ]);
  expect(powerLevels).toEqual({
    cores: [2, 4, 6, 8],
    cpuHertz: [729.6e6, 1113.6e6, 1728e6, 2201.6e6],
    gpuHertz: [306e6, 420.75e6, 624.75e6, 1300.5e6],
    memoryHertz: [204e6, 2133e6, 3199e6],
  });
  const board = device.parse({ ...devices["jetson-orin-agx"], powerModes, powerLevels });
  expect(powerModesOf(board)).toHaveLength(4 * 4 * 4 * 3);
});

test("a cap between two clocks is the lower one, as the kernel takes it", () => {
  const { powerModes } = readJetsonModes({ ...files, gpuHertz: "306000000 408000000 612000000 1300500000" });
  expect(powerModes.map(({ gpuHertz }) => gpuHertz)).toEqual([612e6, 1300.5e6, 408e6]);
});

test("without a list of memory clocks the file's own caps are the levels", () => {
  const { memoryKilohertz: _, ...rest } = files;
  expect(readJetsonModes(rest).powerLevels.memoryHertz).toEqual([2133e6, 3199e6]);
  const uncapped = { ...rest, nvpmodel: conf.replaceAll(/^EMC MAX_FREQ .*$/gm, "") };
  expect(readJetsonModes(uncapped).powerLevels.memoryHertz).toBeUndefined();
});

describe("refused are", () => {
  test.each([
    ["a list that is empty", { gpuHertz: " \n" }, "the list of GPU clocks lists no clocks"],
    ["a list that is none", { cpuKilohertz: "cat: No such file" }, 'holds "cat:" where a clock was expected'],
    ["a mode without cores", { nvpmodel: conf.replaceAll(/^CPU_ONLINE.* 1$/gm, "") }, "brings no core online"],
    ["a file without modes", { nvpmodel: "< PM_CONFIG DEFAULT=2 >" }, "has no POWER_MODEL"],
  ])("%s", (_, change, words) => {
    expect(() => readJetsonModes({ ...files, ...change })).toThrow(words);
  });
});
