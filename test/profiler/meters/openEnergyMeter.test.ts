import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EnergyMeter, openEnergyMeter } from "../../../packages/profiler/src/meters/index.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "partitune-root-"));
});
afterEach(() => rm(root, { recursive: true }));

async function zone(name: string, files: Readonly<Record<string, string>>): Promise<void> {
  const folder = join(root, "sys/class/powercap", name);
  await mkdir(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), `${text}\n`);
}

/** A server with two packages, as Linux shows it; the parts of the packages must not be counted again. */
async function twoPackages(): Promise<void> {
  await zone("intel-rapl", { enabled: "1" });
  await zone("intel-rapl:0", { name: "package-0", energy_uj: "1000000", max_energy_range_uj: "262143328850" });
  await zone("intel-rapl:0:0", { name: "dram", energy_uj: "77", max_energy_range_uj: "65712999613" });
  await zone("intel-rapl:1", { name: "package-1", energy_uj: "2000000", max_energy_range_uj: "262143328850" });
  await zone("intel-rapl:2", { name: "psys", energy_uj: "9000000", max_energy_range_uj: "262143328850" });
}

async function open(): Promise<EnergyMeter> {
  const meter = await openEnergyMeter(root);
  if ("reason" in meter) throw new Error(meter.reason);
  return meter;
}

function setEnergy(name: string, microjoules: number): Promise<void> {
  return writeFile(join(root, "sys/class/powercap", name, "energy_uj"), `${microjoules}\n`);
}

describe("the energy meter", () => {
  test("adds up the packages, and only them, from its opening", async () => {
    await twoPackages();
    const meter = await open();
    expect(meter.domains).toEqual(["package-0", "package-1"]);
    expect(await meter.read()).toEqual({ value: 0 });
    await setEnergy("intel-rapl:0", 4_000_000);
    await setEnergy("intel-rapl:1", 2_500_000);
    expect(await meter.read()).toEqual({ value: 3.5 });
    await setEnergy("intel-rapl:0", 4_250_000);
    expect(await meter.read()).toEqual({ value: 3.75 });
  });

  test("follows a counter through its wrap-around", async () => {
    await zone("intel-rapl:0", { name: "package-0", energy_uj: "262143000000", max_energy_range_uj: "262143328850" });
    const meter = await open();
    await setEnergy("intel-rapl:0", 671_150);
    expect((await meter.read()).value).toBeCloseTo(1, 9);
  });

  test("says why when there is nothing to read", async () => {
    expect(await openEnergyMeter(root)).toMatchObject({ reason: expect.stringContaining("shows no energy") });
  });

  test("gives null and the reason when a counter cannot be read, never 0", async () => {
    await twoPackages();
    const meter = await open();
    await rm(join(root, "sys/class/powercap/intel-rapl:1/energy_uj"));
    expect(await meter.read()).toEqual({ value: null, reason: expect.stringMatching(/energy_uj does not exist$/) });
    await setEnergy("intel-rapl:1", Number.NaN);
    expect(await meter.read()).toMatchObject({ value: null, reason: expect.stringContaining("holds no number") });
    expect(await openEnergyMeter(root)).toMatchObject({ reason: expect.stringContaining("holds no number") });
  });
});
