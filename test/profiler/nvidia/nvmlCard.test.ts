import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CardLost, openCardDriver } from "@partitune/profiler";
import { InputError } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { nvmlWords } from "../../../packages/profiler/src/nvidia/nvmlErrors.ts";
import { noCompiler } from "../fixtures/nvml/buildFakeNvml.ts";
import { allOnes, fakeH100, fakeMigH100, makeFakeCards } from "../fixtures/nvml/fakeCards.ts";
import { openFake } from "../fixtures/nvml/openFake.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const title = (what: string) => (noCompiler === undefined ? what : `${what} (${noCompiler})`);

async function openCard(...args: Parameters<typeof openFake>) {
  const { fake, driver } = await openFake(...args);
  const [card] = await driver.cards();
  return { fake, driver, card: card! };
}

describe.skipIf(noCompiler !== undefined)(title("a card by NVML"), () => {
  test("tells what it is", async () => {
    const { driver, card } = await openCard();
    expect(driver).toMatchObject({ name: "nvml", passedOver: [], unusable: [] });
    expect(driver.versions).toEqual({ driver: "570.86.15", cuda: "12.8", nvml: "12.570.86.15" });
    const { clocks, ...facts } = await card.facts();
    expect(facts).toEqual({
      uuid: fakeH100.uuid,
      bus: "00000000:1B:00.0",
      name: "NVIDIA H100 80GB HBM3",
      memoryBytes: 81559 * 2 ** 20,
      multiprocessors: 132,
      computeCapability: "9.0",
      migEnabled: false,
      persistence: true,
      ecc: true,
      computeMode: "default",
      powerLimits: { least: 200, most: 700, usual: 700 },
      unread: {},
    });
    expect([...clocks.keys()]).toEqual([1593e6, 2619e6]);
    expect(clocks.get(2619e6)!.length).toBe((1980 - 345) / 15 + 1);
    expect(clocks.get(2619e6)!.slice(0, 2)).toEqual([345e6, 360e6]);
  });

  test("tells what it shows: both power readings by name, the average one to be integrated", async () => {
    const { fake, card } = await openCard();
    fake.set(0, { reasons: 0x24, busy_percent: 93 });
    expect(await card.sample()).toEqual({
      powerWatts: 120,
      averageWatts: 120,
      instantWatts: 118,
      gpuHertz: 1980e6,
      memoryHertz: 2619e6,
      temperatureCelsius: 35,
      busyFraction: 0.93,
      reasons: ["power-cap", "thermal-software"],
      unread: {},
    });
    expect(await card.energyJoules()).toEqual({ value: 5000 });
    expect(await card.memoryUsedBytes()).toEqual({ value: 4 * 2 ** 20 });
  });

  test("on a chip whose instant reading sees everything, that one is integrated", async () => {
    const { card } = await openCard([{ ...fakeH100, name: "NVIDIA A40", major: 8, minor: 6 }]);
    expect(await card.sample()).toMatchObject({ powerWatts: 118, averageWatts: 120, instantWatts: 118 });
  });

  test("takes limits and locks, and lifts them; which clocks are locked it does not tell", async () => {
    const { fake, card } = await openCard();
    await card.setPowerLimit(350);
    await card.lockGpuClock(1410e6);
    await card.lockMemoryClock(1593e6);
    expect(await card.settings()).toMatchObject({
      powerLimitWatts: 350,
      lockedGpuHertz: null,
      unread: { lockedGpuHertz: "NVML has no function that tells which clocks are locked" },
    });
    const lock = () =>
      (["locked_gpu_least_mhz", "locked_gpu_most_mhz", "locked_memory_least_mhz"] as const).map((f) =>
        fake.number(0, f),
      );
    expect(lock()).toEqual([1410, 1410, 1593]);
    expect(await card.sample()).toMatchObject({ gpuHertz: 1410e6, memoryHertz: 1593e6 });
    await card.setPowerLimit(null);
    await card.lockGpuClock(null);
    await card.lockMemoryClock(null);
    expect([fake.number(0, "limit_mw"), ...lock()]).toEqual([700_000, 0, 0, 0]);
  });

  test("a limit that is out of range is refused with the range, and nothing changes", async () => {
    const { fake, card } = await openCard();
    await expect(card.setPowerLimit(150)).rejects.toThrow(
      "GPU 0 (NVIDIA H100 80GB HBM3): the power limit of 150 W is not one it takes; choose one from 200 to 700 W",
    );
    expect(fake.number(0, "changes")).toBe(0);
  });

  test("without rights every setter is refused with what to do, and reading goes on", async () => {
    const { fake, card } = await openCard();
    fake.setDriver({ privileged: 0 });
    for (const set of [() => card.setPowerLimit(400), () => card.lockGpuClock(1e9), () => card.lockMemoryClock(null)]) {
      const error = await set().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(InputError);
      expect((error as Error).message).toMatch(/insufficient permission.*; run as root/);
    }
    expect(fake.number(0, "changes")).toBe(0);
    expect((await card.sample()).powerWatts).toBe(120);
  });

  test("tells every process once: a client of MPS as such, and memory that is not told as null", async () => {
    const { card } = await openCard([
      {
        ...fakeH100,
        processes: [
          { pid: 10, memory: 2 ** 30, kind: 0 },
          { pid: 11, memory: allOnes, kind: 0 },
          { pid: 12, memory: 5, kind: 1 },
          { pid: 10, memory: 2 ** 20, kind: 0 },
          { pid: 13, memory: 7, kind: 2 },
          { pid: 13, memory: 7, kind: 0 },
        ],
      },
    ]);
    const found = (await card.processes()).toSorted((a, b) => a.pid - b.pid);
    expect(found).toEqual([
      { pid: 10, kind: "compute", memoryBytes: 2 ** 30 + 2 ** 20 },
      { pid: 11, kind: "compute", memoryBytes: null },
      { pid: 12, kind: "graphics", memoryBytes: 5 },
      { pid: 13, kind: "mps", memoryBytes: 7 },
    ]);
  });

  test("a list that is longer than the buffer is asked for again", async () => {
    const { fake, card } = await openCard([
      { ...fakeH100, clocks: [{ mhz: 2619, gpu_least_mhz: 100, gpu_most_mhz: 1100, gpu_step_mhz: 1 }] },
    ]);
    expect((await card.facts()).clocks.get(2619e6)!.length).toBe(1001);
    fake.setFaults([{ function: "nvmlDeviceGetSupportedGraphicsClocks", code: 7 }]);
    const { clocks, unread } = await card.facts();
    expect([clocks.size, unread.clocks]).toEqual([0, nvmlWords(7)]);
  });

  test("MIG instances come with UUID, profile, place, multiprocessors and memory", async () => {
    const { fake, card } = await openCard([fakeMigH100]);
    expect((await card.facts()).migEnabled).toBe(true);
    expect(await card.migInstances()).toEqual([
      {
        uuid: "MIG-aaaaaaaa-0000-0000-0000-000000000001",
        profile: "3g.40gb",
        start: 0,
        multiprocessors: 60,
        memoryBytes: 40448 * 2 ** 20,
        unread: {},
      },
      {
        uuid: "MIG-aaaaaaaa-0000-0000-0000-000000000002",
        profile: "1g.10gb",
        start: 6,
        multiprocessors: 16,
        memoryBytes: 9856 * 2 ** 20,
        unread: {},
      },
    ]);
    // The place takes rights; utilisation is not told of a card that is cut.
    fake.setDriver({ privileged: 0 });
    expect(await card.migInstances()).toMatchObject([
      { profile: "3g.40gb", start: null, unread: { start: nvmlWords(4) } },
      { profile: "1g.10gb", start: null },
    ]);
    expect(await card.sample()).toMatchObject({ busyFraction: null, unread: { busyFraction: nvmlWords(3) } });
  });

  test("an instance whose name the driver leaves out is named by slices and memory", async () => {
    const { fake, card } = await openCard([fakeMigH100]);
    const [first, second] = fakeMigH100.instances;
    fake.set(0, {
      instances: [
        { ...first, name: "" },
        { ...second, name: fakeH100.name },
      ],
    });
    expect((await card.migInstances()).map(({ profile }) => profile)).toEqual(["3g.40gb", "1g.10gb"]);
  });

  test("a card without MIG has it off, and no instances", async () => {
    const { card } = await openCard([{ ...fakeH100, mig: 2 }]);
    expect((await card.facts()).migEnabled).toBe(false);
    expect(await card.migInstances()).toEqual([]);
  });

  test("two processes share the card: what one sets, the other reads", async () => {
    const { fake, card } = await openCard();
    const other = fileURLToPath(new URL("../fixtures/nvml/setPowerLimit.ts", import.meta.url));
    await promisify(execFile)(process.execPath, [other, fake.library, "333"], {
      env: { ...process.env, ...fake.environment },
    });
    expect((await card.settings()).powerLimitWatts).toBe(333);
  });

  test("names of any content come out as one printable line", async () => {
    const { card } = await openCard([
      { ...fakeH100, name: '\u001b[2J"H100"\n; rm -rf /\u0007\u202e', bus: "x".repeat(90), processes: [] },
    ]);
    const { name, bus } = await card.facts();
    expect(name).toBe('[2J"H100" ; rm -rf /');
    expect(bus.length).toBeLessThan(33);
  });
});

/** For each function: what is null when it fails. */
const sampled = {
  nvmlDeviceGetClockInfo: ["gpuHertz", "memoryHertz"],
  nvmlDeviceGetTemperature: ["temperatureCelsius"],
  nvmlDeviceGetUtilizationRates: ["busyFraction"],
  nvmlDeviceGetCurrentClocksEventReasons: ["reasons"],
  nvmlDeviceGetFieldValues: ["instantWatts"],
} as const;
const told = {
  nvmlDeviceGetCudaComputeCapability: ["computeCapability", "multiprocessors"],
  nvmlDeviceGetNumGpuCores: ["multiprocessors"],
  nvmlDeviceGetPersistenceMode: ["persistence"],
  nvmlDeviceGetEccMode: ["ecc"],
  nvmlDeviceGetComputeMode: ["computeMode"],
  nvmlDeviceGetPowerManagementLimitConstraints: ["powerLimits"],
  nvmlDeviceGetPowerManagementDefaultLimit: ["powerLimits"],
} as const;
/** Where one function stands in for another, both fail. */
const also: Readonly<Record<string, string>> = { nvmlDeviceGetTemperature: "nvmlDeviceGetTemperatureV" };
const faults = (name: string, code: number) =>
  [name, also[name]].filter((each) => each !== undefined).map((each) => ({ function: each, code }));

describe.skipIf(noCompiler !== undefined)(title("an error of NVML"), () => {
  test.each(Object.entries(sampled))(
    "of %s makes that value null with a reason, and no other",
    async (name, missing) => {
      const { fake, card } = await openCard();
      const good = await card.sample();
      for (const code of [2, 3, 4, 10, 13, 20, 999, 12345]) {
        fake.setFaults(faults(name, code));
        const sample = await card.sample();
        const nulls = Object.fromEntries(missing.map((field) => [field, null]));
        expect({ ...sample, unread: {} }).toEqual({ ...good, ...nulls });
        expect(sample.unread).toEqual(Object.fromEntries(missing.map((field) => [field, nvmlWords(code)])));
      }
    },
  );

  test.each(Object.entries(told))("of %s makes that fact null with a reason, and no other", async (name, missing) => {
    const { fake, card } = await openCard();
    const good = await card.facts();
    fake.setFaults(faults(name, 999));
    const facts = await card.facts();
    const nulls = Object.fromEntries(missing.map((field) => [field, null]));
    expect({ ...facts, unread: {} }).toEqual({ ...good, ...nulls });
    expect(Object.keys(facts.unread)).toEqual(missing);
  });

  test("of one power reading leaves the other", async () => {
    const { fake, card } = await openCard();
    fake.setFaults([
      { function: "field:185", code: 3 },
      { function: "nvmlDeviceGetPowerUsage", code: 3 },
    ]);
    expect(await card.sample()).toMatchObject({ powerWatts: 118, averageWatts: null, instantWatts: 118 });
    fake.setFaults([
      { function: "field:185", code: 3 },
      { function: "field:186", code: 3 },
    ]);
    // The plain reading of this chip is the average.
    expect(await card.sample()).toMatchObject({ powerWatts: 120, averageWatts: 120, instantWatts: null });
    fake.setFaults([
      { function: "nvmlDeviceGetFieldValues", code: 999 },
      { function: "nvmlDeviceGetPowerUsage", code: 3 },
    ]);
    expect(await card.sample()).toMatchObject({ powerWatts: null, unread: { powerWatts: nvmlWords(3) } });
  });

  test("of energy or memory is null with a reason, never 0", async () => {
    const { fake, card } = await openCard();
    fake.setFaults([
      { function: "nvmlDeviceGetTotalEnergyConsumption", code: 3 },
      { function: "nvmlDeviceGetMemoryInfo", code: 3 },
      { function: "nvmlDeviceGetMemoryInfo_v2", code: 25 },
    ]);
    expect(await card.energyJoules()).toEqual({ value: null, reason: nvmlWords(3) });
    expect(await card.memoryUsedBytes()).toEqual({ value: null, reason: nvmlWords(3) });
  });

  test("an energy counter that falls is null with a reason", async () => {
    const { fake, card } = await openCard();
    await card.energyJoules();
    fake.set(0, { energy_mj: 12 });
    expect(await card.energyJoules()).toEqual({
      value: null,
      reason: "the energy counter fell from 5000 J to 0.012 J",
    });
  });

  test("a counter of 64 bits is read as such", async () => {
    const { card } = await openCard([{ ...fakeH100, energy_mj: 2n ** 40n }]);
    expect(await card.energyJoules()).toEqual({ value: 2 ** 40 / 1000 });
  });

  test.each([1, 2])("a card that is lost (%d) throws CardLost from every call", async (lost) => {
    const { fake, card } = await openCard();
    fake.set(0, { lost });
    const calls = [
      () => card.facts(),
      () => card.sample(),
      () => card.violations(),
      () => card.energyJoules(),
      () => card.memoryUsedBytes(),
      () => card.settings(),
      () => card.processes(),
      () => card.migInstances(),
      () => card.setPowerLimit(300),
      () => card.lockGpuClock(null),
      () => card.lockMemoryClock(1593e6),
    ];
    for (const call of calls) {
      const error = await call().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(CardLost);
      expect((error as Error).message).toMatch(lost === 1 ? /fallen off the bus/ : /must be reset/);
    }
  });

  test("every documented code has words and something to do", () => {
    const documented = [...Array.from({ length: 30 }, (_, i) => i + 1), 999];
    for (const code of documented) expect(nvmlWords(code)).not.toMatch(/not documented/);
    expect(nvmlWords(31)).toBe("an error that is not documented (NVML error 31)");
  });
});

describe.skipIf(noCompiler !== undefined)(title("a library that is older or reduced"), () => {
  test("without the energy function and the fields, energy is null with a reason and power is the plain reading", async () => {
    const without = ["nvmlDeviceGetTotalEnergyConsumption", "nvmlDeviceGetFieldValues"];
    const { card } = await openCard([fakeH100], without);
    expect(await card.energyJoules()).toEqual({ value: null, reason: nvmlWords(13) });
    expect(await card.sample()).toMatchObject({
      powerWatts: 120,
      averageWatts: 120,
      instantWatts: null,
      unread: { instantWatts: nvmlWords(13) },
    });
  });

  test("without newer forms of functions the older ones serve, and what has none is null", async () => {
    const { fake, card } = await openCard(
      [{ ...fakeH100, processes: [{ pid: 3, memory: 9, kind: 0 }] }],
      [
        "nvmlInit_v2",
        "nvmlDeviceGetComputeRunningProcesses_v3",
        "nvmlDeviceGetComputeRunningProcesses_v2",
        "nvmlDeviceGetMPSComputeRunningProcesses_v3",
        "nvmlDeviceGetCurrentClocksEventReasons",
        "nvmlDeviceGetMemoryInfo_v2",
        "nvmlDeviceGetNumGpuCores",
        "nvmlDeviceGetMigMode",
        "nvmlDeviceGetMaxMigDeviceCount",
        "nvmlDeviceGetViolationStatus",
        "nvmlDeviceSetMemoryLockedClocks",
      ],
    );
    fake.set(0, { reasons: 0x4 });
    expect(await card.processes()).toEqual([{ pid: 3, kind: "compute", memoryBytes: 9 }]);
    expect((await card.sample()).reasons).toEqual(["power-cap"]);
    expect((await card.memoryUsedBytes()).value).toBe((551 + 4) * 2 ** 20);
    const { multiprocessors, migEnabled, unread } = await card.facts();
    expect([multiprocessors, migEnabled, unread.multiprocessors]).toEqual([null, null, nvmlWords(13)]);
    expect(await card.migInstances()).toEqual([]);
    expect((await card.violations()).thermalSeconds.value).toBeNull();
    await expect(card.lockMemoryClock(1593e6)).rejects.toThrow(/no such function.*; update the driver/);
  });
});

describe.skipIf(noCompiler !== undefined)(title("opening the driver"), () => {
  const program = "no-such-nvidia-smi";

  test.each([
    [9, /not loaded.*modprobe nvidia/],
    [4, /insufficient permission.*run as root/],
    [18, /different versions.*load the driver anew/],
    [17, /operating system/],
  ])("initialising that fails with %d says what to do", async (code, words) => {
    const fake = makeFakeCards(temporaryFolder());
    fake.setDriver({ init_code: code });
    const error = await openCardDriver({ library: fake.library, program }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(InputError);
    expect((error as Error).message).toMatch(words);
    expect((error as Error).message).not.toContain("\n");
  });

  test("a library that is not there, is no library, or is another one is told apart", async () => {
    const folder = temporaryFolder();
    await expect(openCardDriver({ library: `${folder}/none.so`, program })).rejects.toThrow(
      /none\.so was not found; no-such-nvidia-smi was not found; install the NVIDIA driver/,
    );
    const text = fileURLToPath(import.meta.url);
    await expect(openCardDriver({ library: text, program })).rejects.toThrow(/cannot be loaded: /);
    await expect(openCardDriver({ library: "libc.so.6", program })).rejects.toThrow(/no function nvmlInit/);
  });

  test("a card that cannot be used leaves the others, with its reason", async () => {
    const second = { ...fakeH100, uuid: "GPU-22222222-2222-3333-4444-555555555555" };
    const fake = makeFakeCards(temporaryFolder(), [fakeH100, second, { ...second, uuid: "GPU-3" }]);
    fake.setFaults([
      { function: "nvmlDeviceGetHandleByIndex_v2", card: 0, code: 15 },
      { function: "nvmlDeviceGetHandleByIndex_v2", card: 2, code: 4 },
    ]);
    const driver = await openCardDriver({ library: fake.library, program });
    expect((await driver.cards()).map(({ uuid }) => uuid)).toEqual([second.uuid]);
    expect(driver.unusable).toMatchObject(
      [/^GPU 0: .*fallen off the bus/, /^GPU 2: insufficient permission/].map((words) => expect.stringMatching(words)),
    );
    await driver.close();
    await driver.close();
  });
});
