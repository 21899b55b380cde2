import { type Card, type CardFacts, describeCard, devices } from "@partitune/profiler";
import { device as deviceSchema } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { shelfCard } from "../../../packages/profiler/src/nvidia/shelfCard.ts";

const facts: CardFacts = {
  uuid: "GPU-1",
  bus: "00000000:1B:00.0",
  name: "NVIDIA H100 80GB HBM3",
  memoryBytes: 81559 * 2 ** 20,
  multiprocessors: 132,
  computeCapability: "9.0",
  migEnabled: false,
  persistence: true,
  ecc: null,
  computeMode: "default",
  powerLimits: { least: 200, most: 690, usual: 700 },
  clocks: new Map([
    [405e6, [345e6]],
    [2619e6, [345e6, 1980e6]],
  ]),
  unread: { ecc: "not supported by this card" },
};
const driver = { name: "nvml", versions: { driver: "570" }, passedOver: [], unusable: [] } as const;

/** A card that says what it is told to. */
function cardWith(changes: Partial<CardFacts>, instances: Awaited<ReturnType<Card["migInstances"]>> = []): Card {
  const unused = () => Promise.reject(new Error("not asked for"));
  const sample = {
    powerWatts: 100,
    averageWatts: 100,
    instantWatts: null,
    gpuHertz: null,
    memoryHertz: null,
    temperatureCelsius: null,
    busyFraction: null,
    reasons: [],
    unread: {},
  };
  return {
    uuid: "GPU-1",
    facts: async () => ({ ...facts, ...changes }),
    sample: async () => sample,
    migInstances: async () => instances,
    violations: unused,
    energyJoules: unused,
    memoryUsedBytes: unused,
    settings: unused,
    processes: unused,
    setPowerLimit: unused,
    lockGpuClock: unused,
    lockMemoryClock: unused,
  };
}

const instance = (profile: string) => ({
  uuid: `MIG-${profile}`,
  profile,
  start: 0,
  multiprocessors: 16,
  memoryBytes: 1,
  unread: {},
});

describe("a card as a device", () => {
  test("is cut as the shelf knows it, and has the power modes that it tells itself", async () => {
    const { device, environment, warnings } = await describeCard(cardWith({}), driver);
    expect(deviceSchema.parse(device)).toEqual(device);
    expect(device).toMatchObject({
      name: "NVIDIA H100 80GB HBM3",
      kind: "nvidia",
      processor: devices.h100.processor,
      cores: 132,
      powerModes: [{ name: "default", powerCapWatts: 700 }],
      defaultPartition: { kind: "whole" },
      synthetic: false,
    });
    expect(device.partitionSchemes).toEqual(devices.h100.partitionSchemes);
    expect(device.powerLevels).toEqual({
      powerCapWatts: [...Array.from({ length: 20 }, (_, i) => 200 + 25 * i), 690],
      gpuHertz: [345e6, 1980e6],
      memoryHertz: [2619e6],
    });
    expect(environment).toEqual({
      driver: "570",
      "card by": "nvml",
      card: "GPU-1",
      ECC: "not told: not supported by this card",
      "persistence mode": "on",
      "compute mode": "default",
      MIG: "off",
    });
    expect(warnings).toEqual([]);
  });

  test("that is on no shelf is described from what it tells, without MIG", async () => {
    const unknown = {
      name: "NVIDIA Q7000",
      multiprocessors: 40,
      computeCapability: "13.0",
      powerLimits: null,
      clocks: new Map(),
    };
    const { device } = await describeCard(cardWith(unknown), driver);
    expect(deviceSchema.parse(device)).toEqual(device);
    expect(device).toMatchObject({
      processor: "compute capability 13.0, 40 multiprocessors",
      powerModes: [{ name: "default" }],
    });
    expect(device.partitionSchemes.map(({ kind }) => kind)).toEqual([
      "whole",
      "mps-share",
      "sm-partition",
      "green-context",
    ]);
    expect(device.powerLevels).toBeUndefined();
  });

  test("takes its MIG placements from its own listing", async () => {
    const lines = [
      "GPU  0 Profile ID 19 Placements: {0,1,2,3}:1",
      "|   0  MIG 1g.12gb          19     4/4        11.75      No     10     1     0   |",
    ];
    const unknown = cardWith({ name: "NVIDIA Q7000", multiprocessors: 40 });
    const { device } = await describeCard(unknown, driver, { migListing: lines.join("\n") });
    expect(device.partitionSchemes.find(({ kind }) => kind === "mig")).toMatchObject({
      memorySlices: 4,
      profiles: [{ name: "1g.12gb", id: 19, starts: [0, 1, 2, 3], multiprocessors: 10 }],
    });
  });

  test("with MIG on has its largest instance for a baseline, and its power is the card's", async () => {
    const on = cardWith({ migEnabled: true, multiprocessors: null }, [instance("1g.10gb"), instance("3g.40gb")]);
    const { device, environment, warnings } = await describeCard(on, driver);
    expect(device).toMatchObject({ cores: 132, defaultPartition: { kind: "mig", profile: "3g.40gb" } });
    expect(environment.MIG).toBe("on");
    expect(warnings.map(({ code }) => code)).toEqual(["device-power"]);
  });

  test("whose size nobody tells is refused with what to do, unless it is given", async () => {
    const hidden = cardWith({
      name: "NVIDIA Q7000",
      multiprocessors: null,
      unread: { multiprocessors: "not supported" },
    });
    await expect(describeCard(hidden, driver)).rejects.toThrow(
      'GPU "NVIDIA Q7000" (GPU-1) does not tell how many multiprocessors it has: not supported; read it by NVML with MIG off, or give the number',
    );
    expect((await describeCard(hidden, driver, { multiprocessors: 8 })).device.cores).toBe(8);
  });

  test("says when it is read by nvidia-smi, and which other cards cannot be used", async () => {
    const poor = { ...driver, name: "nvidia-smi", passedOver: ["nvml: not found"], unusable: ["GPU 1: lost"] } as const;
    const { warnings } = await describeCard(cardWith({}), poor);
    expect(warnings.map(({ code, cause }) => [code, cause])).toEqual([
      ["card-by-nvidia-smi", "nvml: not found"],
      ["card-unusable", "GPU 1: lost"],
    ]);
  });
});

describe("the shelf by the names that drivers tell", () => {
  test.each([
    ["NVIDIA H100 80GB HBM3", "h100"],
    ["NVIDIA H100 PCIe", "h100-pcie"],
    ["NVIDIA H200", "h200"],
    ["NVIDIA A100-SXM4-80GB", "a100"],
    ["A100-SXM4-40GB", "a100-40gb"],
    ["NVIDIA A30", "a30"],
    ["NVIDIA A40", "a40"],
    ["NVIDIA B200", "b200"],
    ["Tesla V100-PCIE-16GB", "v100"],
  ] as const)("%s is %s", (name, key) => {
    expect(shelfCard(name).device).toBe(devices[key]);
  });

  test.each(["NVIDIA H200 NVL", "NVIDIA A40-8Q", "NVIDIA GH200 480GB", "NVIDIA GeForce RTX 4090", "A300", ""])(
    "%s is none of them",
    (name) => expect(shelfCard(name)).toEqual({}),
  );

  test("an A100 for PCIe is cut as the one for SXM, and is not that card", () => {
    const { device, mig } = shelfCard("NVIDIA A100 80GB PCIe");
    expect(device).toBeUndefined();
    expect(mig).toBe(devices.a100.partitionSchemes.find(({ kind }) => kind === "mig"));
  });
});
