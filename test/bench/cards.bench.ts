import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { openCardMeter } from "../../packages/profiler/src/index.ts";
import { monotonicSeconds } from "../../packages/profiler/src/meters/index.ts";
import { openNvml } from "../../packages/profiler/src/nvidia/nvmlDriver.ts";
import { noCompiler } from "../profiler/fixtures/nvml/buildFakeNvml.ts";
import { fakeH100, makeFakeCards } from "../profiler/fixtures/nvml/fakeCards.ts";
import type { BenchRow } from "./benchRow.ts";
import { medianSeconds } from "./medianSeconds.ts";

const hertz = 50;
/** The cost is the median of so many windows of so long: in some of them code is compiled. */
const windows = 7;
const seconds = 4;

/** Cards by NVML: what the binding adds to the driver's own time, which is none in the library of the tests, and what sampling costs. */
export async function bench(): Promise<BenchRow[]> {
  if (noCompiler !== undefined) return [];
  const folder = await mkdtemp(join(tmpdir(), "partitune-bench-"));
  try {
    const { library } = makeFakeCards(folder, [
      { ...fakeH100, step_mw: 1000, period_us: 100_000, epoch_ns: process.hrtime.bigint() },
    ]);
    return [...(await readingCost(library)), await samplingCost(library)];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function readingCost(library: string): Promise<BenchRow[]> {
  const driver = openNvml(library);
  if (!("cards" in driver)) throw new Error(driver.reason);
  const [card] = await driver.cards();
  const { powerWatts, gpuHertz, temperatureCelsius } = card!.sampleNow();
  if (powerWatts === null || gpuHertz !== 1980e6 || temperatureCelsius !== 35) throw new Error("a reading is wrong");
  const each = 2000;
  const sample = repeat(each, () => card!.sampleNow());
  const energy = repeat(each, () => card!.energyNow());
  await driver.close();
  return [
    {
      name: "read power (average and instant), clocks, temperature, use and reasons by NVML, without the driver's time",
      target: "≤ 50 µs",
      value: sample,
      unit: "µs",
      met: sample <= 50,
    },
    { name: "read the energy counter by NVML, without the driver's time", value: energy, unit: "µs", met: null },
  ];
}

/** Microseconds of one call, as the median of rounds of many. */
function repeat(calls: number, call: () => void): number {
  const round = () => {
    for (let i = 0; i < calls; i++) call();
  };
  return (medianSeconds(round, 9) / calls) * 1e6;
}

/** Processor time of both processes while a card is sampled, against the same while it is left alone. */
async function samplingCost(library: string): Promise<BenchRow> {
  const meter = await openCardMeter({ uuid: fakeH100.uuid, driver: { library }, hertz, stallSeconds: 20 });
  const used = async () => {
    const { value, reason } = await meter.cost();
    if (value === null) throw new Error(reason);
    const { user, system } = process.cpuUsage();
    return value + (user + system) / 1e6;
  };
  const share = async () => {
    const shares: number[] = [];
    for (let i = 0; i < windows; i++) {
      const [from, before] = [monotonicSeconds(), await used()];
      await sleep(seconds * 1e3);
      shares.push(((await used()) - before) / (monotonicSeconds() - from));
    }
    return shares.toSorted((a, b) => a - b)[Math.floor(windows / 2)]!;
  };
  await sleep(2000);
  const begun = monotonicSeconds();
  const sampled = await share();
  const kept = (await meter.between(begun, monotonicSeconds())).time_s.length;
  if (kept < 0.9 * hertz * windows * seconds) throw new Error(`only ${kept} readings were taken`);
  meter.pause();
  const left = await share();
  await meter.close();
  const value = (sampled - left) * 100;
  const note = `${kept} readings; ${(sampled * 100).toFixed(2)} % of a core while sampling, ${(left * 100).toFixed(2)} % while paused`;
  return { name: `sample a card at ${hertz} Hz`, target: "≤ 1 % of a core", value, unit: "%", met: value <= 1, note };
}
