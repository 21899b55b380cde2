import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Card, CardLost, openCardDriver } from "@partitune/profiler";
import { InputError } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { type SmiAnswer, smiOfH100, standInSmi } from "../fixtures/nvml/standInSmi.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const library = "/no/such/libnvidia-ml.so.1";

async function openSmiCard(changes: Readonly<Record<string, SmiAnswer>> = {}) {
  const smi = standInSmi(temporaryFolder(), { ...changes, ...smiOfH100, ...changes });
  const driver = await openCardDriver({ library, program: smi.program });
  const [card] = await driver.cards();
  return { driver, card: card as Card, smi };
}

describe("a card by nvidia-smi", () => {
  test("is taken where NVML cannot be loaded, and says so", async () => {
    const { driver } = await openSmiCard();
    expect(driver).toMatchObject({
      name: "nvidia-smi",
      versions: { driver: "550.54.15", cuda: "12.4" },
      passedOver: [`nvml: ${library} was not found`],
    });
  });

  test("tells what it is, with a comma in its name, and what it does not tell is null with a reason", async () => {
    const { card } = await openSmiCard();
    const { clocks, ...facts } = await card.facts();
    expect(facts).toEqual({
      uuid: "GPU-1",
      bus: "00000000:1B:00.0",
      name: "NVIDIA H100, 80GB HBM3",
      memoryBytes: 81559 * 2 ** 20,
      multiprocessors: null,
      computeCapability: "9.0",
      migEnabled: true,
      persistence: true,
      ecc: true,
      computeMode: "exclusive-process",
      powerLimits: { least: 200, most: 700, usual: 700 },
      unread: { multiprocessors: "nvidia-smi does not tell the number of multiprocessors" },
    });
    expect([...clocks]).toEqual([
      [1593e6, [1980e6]],
      [2619e6, [1965e6, 1980e6]],
    ]);
  });

  test("tells what it shows", async () => {
    const { card } = await openSmiCard();
    expect(await card.sample()).toEqual({
      powerWatts: 301,
      averageWatts: 301,
      instantWatts: 309.75,
      gpuHertz: 1755e6,
      memoryHertz: 2619e6,
      temperatureCelsius: 51,
      busyFraction: null,
      reasons: ["power-cap", "thermal-software"],
      unread: { busyFraction: "nvidia-smi says [N/A]" },
    });
    expect(await card.memoryUsedBytes()).toEqual({ value: 2 ** 30 });
    expect((await card.energyJoules()).value).toBeNull();
    expect(await card.settings()).toMatchObject({ powerLimitWatts: 500, lockedGpuHertz: null });
    expect(await card.processes()).toEqual([
      { pid: 4711, kind: "compute", memoryBytes: 512 * 2 ** 20 },
      { pid: 4712, kind: "compute", memoryBytes: null },
    ]);
    expect(await card.migInstances()).toMatchObject([
      { uuid: "MIG-a", profile: "3g.40gb", start: null },
      { uuid: "MIG-b", profile: "2g.20gb", multiprocessors: null },
    ]);
  });

  test("asks only for fields that this release has", async () => {
    const old = smiOfH100["--help-query-gpu"].replaceAll(/"power\.draw\.\w+"\n|"compute_cap"\n/g, "");
    const { card, smi } = await openSmiCard({
      "--help-query-gpu": old,
      "--query-gpu=power.draw,*": "305.12, 1755, 2619, 51, 7, 0x0000000000000001\n",
    });
    expect(await card.sample()).toMatchObject({
      powerWatts: 305.12,
      averageWatts: null,
      busyFraction: 0.07,
      reasons: ["idle"],
      unread: { averageWatts: "this nvidia-smi has no field power.draw.average" },
    });
    expect(smi.calls().at(-1)).toBe(
      "--query-gpu=power.draw,clocks.sm,clocks.mem,temperature.gpu,utilization.gpu,clocks_throttle_reasons.active --format=csv,noheader,nounits -i GPU-1",
    );
  });

  test("sets and resets by the options of nvidia-smi", async () => {
    const { card, smi } = await openSmiCard();
    await card.setPowerLimit(400);
    await card.setPowerLimit(null);
    await card.lockGpuClock(1410e6);
    await card.lockGpuClock(null);
    expect(smi.calls().filter((call) => call.startsWith("-i GPU-1"))).toEqual([
      "-i GPU-1 -pl 400",
      "-i GPU-1 -pl 700",
      "-i GPU-1 -lgc 1410,1410",
      "-i GPU-1 -rgc",
    ]);
  });

  test.each([
    [
      { text: "The current user does not have permission to change clocks for GPU 1B.\nTerminating early.\n", code: 4 },
      /run as root/,
    ],
    [
      {
        text: "Setting locked GPU clocks is not supported for GPU 1B.\nTreating as warning and moving on.\nAll done.\n",
        code: 0,
      },
      /does not offer it/,
    ],
  ])("a refused setting is an error, whatever nvidia-smi ends with", async (answer, words) => {
    const { card } = await openSmiCard({ "-i GPU-1 -lgc *": answer });
    const error = await card.lockGpuClock(1e9).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(words);
  });

  test("a lost card throws CardLost", async () => {
    const lost = { text: "Unable to determine the device handle for GPU 0000:1B:00.0: GPU is lost.\n", code: 15 };
    const { card } = await openSmiCard({ "--query-gpu=power.draw,*": lost });
    await expect(card.sample()).rejects.toBeInstanceOf(CardLost);
  });

  test.each([
    ["", { powerWatts: null, gpuHertz: null }],
    [
      "[Unknown Error], -, x, 1e9, 0x10, [N/A], 12 %, nonsense, 9.0\n",
      { powerWatts: null, gpuHertz: null, reasons: null },
    ],
  ])("what is no table, or no number, is null and never 0: %j", async (text, expected) => {
    const { card } = await openSmiCard({ "--query-gpu=power.draw,*": text });
    expect(await card.sample()).toMatchObject(expected);
  });

  test("a line with too few fields is refused, with what was printed on one line", async () => {
    const { card } = await openSmiCard({ "--query-gpu=power.draw,*": "305.12, \u001b[31m1755\n" });
    const error = (await card.sample().catch((caught: unknown) => caught)) as Error;
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain('printed a line of 2 fields where 9 were asked for: "305.12,  [31m1755"');
  });

  test("a driver that nvidia-smi cannot reach either is an error in one line", async () => {
    const text =
      "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\nMake sure it is running.\n";
    const { program } = standInSmi(temporaryFolder(), { "-L": { text, code: 9 } });
    const error = await openCardDriver({ library, program }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(/ended with 9: NVIDIA-SMI has failed because.*modprobe nvidia/);
    expect((error as Error).message).not.toContain("\n");
  });

  test("a program that cannot be run is an error that says so", async () => {
    const program = join(temporaryFolder(), "nvidia-smi");
    writeFileSync(program, "no program");
    chmodSync(program, 0o644);
    await expect(openCardDriver({ library, program })).rejects.toThrow(/cannot be started: .*EACCES/);
  });
});
