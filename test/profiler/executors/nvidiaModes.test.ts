import { describe, expect, test } from "vitest";
import { nvidiaModes } from "../../../packages/profiler/src/executors/nvidiaModes.ts";
import type { Card, CardSettings } from "../../../packages/profiler/src/nvidia/card.ts";
import { directRestoration } from "../fixtures/directRestoration.ts";

const usual = { name: "default", powerCapWatts: 700 };
const capped = { name: "400W", powerCapWatts: 400 };
const slow = { name: "400W-1200MHz", powerCapWatts: 400, gpuHertz: 1.2e9 };
const nothingShown = { gpuHertz: null, memoryHertz: null };

/** A card that only has settings; `ignores` has it report success and do nothing. */
function cardWith(ignores = false) {
  const calls: string[] = [];
  let settings: CardSettings = {
    powerLimitWatts: 700,
    enforcedLimitWatts: 700,
    lockedGpuHertz: null,
    lockedMemoryHertz: null,
    unread: {},
  };
  const card = {
    uuid: "GPU-1",
    settings: async () => settings,
    async setPowerLimit(watts: number | null) {
      calls.push(`limit ${watts}`);
      if (!ignores) settings = { ...settings, powerLimitWatts: watts };
    },
    lockGpuClock: async (hertz: number | null) => void calls.push(`gpu ${hertz}`),
    lockMemoryClock: async (hertz: number | null) => void calls.push(`memory ${hertz}`),
  } as Partial<Card> as Card;
  const restoration = directRestoration();
  return { calls, restoration, modes: nvidiaModes(card, usual, async () => restoration) };
}

describe("power modes of a card", () => {
  test("the default changes nothing and needs nothing", async () => {
    const { modes, calls, restoration } = cardWith();
    await modes.admit(usual);
    (await modes.enter(usual))();
    expect([calls, restoration.added]).toEqual([[], []]);
  });

  test("each setting is written down with what it was, before it is changed for the first time", async () => {
    const { modes, calls, restoration } = cardWith();
    const leave = await modes.enter(slow);
    expect(calls).toEqual(["limit 400", "gpu 1200000000"]);
    expect(restoration.added).toMatchObject([
      { kind: "card", uuid: "GPU-1", setting: "power-limit-w", value: 700 },
      { kind: "card", uuid: "GPU-1", setting: "gpu-clock-hz", value: null },
    ]);
    leave();
    (await modes.enter(slow))();
    expect(calls).toHaveLength(2);
  });

  test("what the next mode does not set is put back, and the default puts all back", async () => {
    const { modes, calls, restoration } = cardWith();
    (await modes.enter(slow))();
    (await modes.enter(capped))();
    expect(calls.slice(2)).toEqual(["limit 400", "gpu null"]);
    (await modes.enter(usual))();
    expect(calls.slice(4)).toEqual(["limit 700", "gpu null"]);
    expect(restoration.added).toHaveLength(2);
  });

  test("a card has one mode at a time", async () => {
    const { modes } = cardWith();
    const leave = await modes.enter(capped);
    const second = await modes.enter(capped);
    leave();
    leave();
    await expect(modes.enter(usual)).rejects.toThrow(/cannot be set while a workload runs in "400W"/);
    second();
    (await modes.enter(usual))();
  });

  test("a driver that reports success and sets nothing is found out, and tried again", async () => {
    const { modes, calls } = cardWith(true);
    await expect(modes.enter(capped)).rejects.toThrow(
      /"400W" could not be set: .* success for a power limit of 400 W, and the card has a power limit of 700 W/,
    );
    await expect(modes.enter(capped)).rejects.toThrow(/could not be set/);
    expect(calls).toEqual(["limit 400", "limit 400"]);
  });

  test("rights are tried by setting the limit to what it is", async () => {
    const { modes, calls, restoration } = cardWith();
    await modes.admit(slow);
    expect(calls).toEqual(["limit 700"]);
    expect(restoration.added).toHaveLength(1);
  });

  test("a clock above its lock is reported in place of the lock, which the driver does not tell", async () => {
    const { modes } = cardWith();
    await modes.enter(slow);
    expect(await modes.readBack(nothingShown)).toEqual({ powerCapWatts: 400 });
    expect(await modes.readBack({ gpuHertz: 1.185e9, memoryHertz: 2.6e9 })).toEqual({ powerCapWatts: 400 });
    expect(await modes.readBack({ gpuHertz: 1.98e9, memoryHertz: null })).toEqual({
      powerCapWatts: 400,
      gpuHertz: 1.98e9,
    });
  });

  test("settings of a processor are refused", async () => {
    await expect(cardWith().modes.enter({ name: "cores", cores: 4 })).rejects.toThrow(/which a card has not/);
  });
});
