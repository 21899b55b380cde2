import { InputError, type PowerMode, type PowerSetting } from "@partitune/schema";
import { type PowerSettings, WorkerFailure } from "../executor.ts";
import type { Card, CardSettings } from "../nvidia/card.ts";
import type { Restoration, RestoreStep } from "../restore/restoreStep.ts";

/** What of a card a power mode can set, and what it came with. */
interface Knob {
  readonly step: Extract<RestoreStep, { readonly kind: "card" }>["setting"];
  readonly words: (value: number | null) => string;
  readonly set: (card: Card, value: number | null) => Promise<void>;
  readonly read: (settings: CardSettings) => number | null;
}

type CardSetting = Extract<PowerSetting, "powerCapWatts" | "gpuHertz" | "memoryHertz">;

/** In the order in which they are set: a clock may be out of reach below a cap, never the other way round. */
const knobs: Readonly<Record<CardSetting, Knob>> = {
  powerCapWatts: {
    step: "power-limit-w",
    words: (watts) => (watts === null ? "its default power limit" : `a power limit of ${watts} W`),
    set: (card, value) => card.setPowerLimit(value),
    read: ({ powerLimitWatts }) => powerLimitWatts,
  },
  memoryHertz: {
    step: "memory-clock-hz",
    words: (hertz) => (hertz === null ? "a free memory clock" : `a memory clock of ${hertz / 1e6} MHz`),
    set: (card, value) => card.lockMemoryClock(value),
    read: ({ lockedMemoryHertz }) => lockedMemoryHertz,
  },
  gpuHertz: {
    step: "gpu-clock-hz",
    words: (hertz) => (hertz === null ? "a free clock of its multiprocessors" : `a clock of ${hertz / 1e6} MHz`),
    set: (card, value) => card.lockGpuClock(value),
    read: ({ lockedGpuHertz }) => lockedGpuHertz,
  },
};
const settings = Object.keys(knobs) as readonly CardSetting[];

/** Cards round what they are told to their own steps. */
const rounding = 0.002;
/** A clock that shows this much above the one it is locked to is not locked: steps between clocks are narrower than that. */
const lockTolerance = 0.02;

/** The power mode of a card while it is measured. */
export interface NvidiaModes {
  /**
   * Checks that this user may set a mode, by setting the power limit to what it is.
   *
   * @throws InputError with the rights that are missing
   */
  admit(mode: PowerMode): Promise<void>;
  /**
   * Sets a mode for a session, unless it is set. The default changes nothing but what another mode has changed.
   *
   * @returns ends the session's part in it; the mode stays until another one is set, or all is put back
   * @throws WorkerFailure when another session holds another mode, or the card is not in the mode afterwards
   * @throws InputError when the driver refuses
   */
  enter(mode: PowerMode): Promise<() => void>;
  /** What the card reports of what the mode set. NVML tells no locks: a clock above its lock is reported instead of it. */
  readBack(shown: { readonly gpuHertz: number | null; readonly memoryHertz: number | null }): Promise<PowerSettings>;
}

/** @param restoration  where each setting is written down before it is changed for the first time */
export function nvidiaModes(card: Card, defaultMode: PowerMode, restoration: () => Promise<Restoration>): NvidiaModes {
  const found = new Map<CardSetting, number | null>();
  let current = defaultMode;
  let sessions = 0;

  const touch = async (setting: CardSetting) => {
    if (found.has(setting)) return;
    const knob = knobs[setting];
    const value = knob.read(await card.settings());
    const what = `${card.uuid} back to ${knob.words(value)}`;
    await (await restoration()).add({ what, kind: "card", uuid: card.uuid, setting: knob.step, value });
    found.set(setting, value);
  };

  const apply = async (mode: PowerMode) => {
    for (const setting of settings) {
      const asked = mode === defaultMode ? undefined : mode[setting];
      if (asked === undefined && !found.has(setting)) continue;
      await touch(setting);
      await knobs[setting].set(card, asked ?? found.get(setting)!);
      const now = knobs[setting].read(await card.settings());
      if (asked === undefined || now === null || Math.abs(now - asked) <= rounding * asked) continue;
      throw new WorkerFailure(
        "failed",
        `power mode "${mode.name}" could not be set: the driver reported success for ${knobs[setting].words(asked)}, and the card has ${knobs[setting].words(now)}`,
      );
    }
  };

  return {
    async admit(mode) {
      if (mode.name === defaultMode.name) return;
      checkSettable(mode);
      const { powerLimitWatts } = await card.settings();
      if (powerLimitWatts === null) return;
      await touch("powerCapWatts");
      await card.setPowerLimit(powerLimitWatts);
    },
    async enter(mode) {
      checkSettable(mode);
      if (mode.name !== current.name) {
        if (sessions > 0)
          throw new WorkerFailure(
            "failed",
            `power mode "${mode.name}" cannot be set while a workload runs in "${current.name}": a card has one mode at a time`,
          );
        // Whatever happens on the way, the card may then be in neither.
        current = { name: `between "${current.name}" and "${mode.name}"` };
        await apply(mode.name === defaultMode.name ? defaultMode : mode);
        current = mode;
      }
      sessions += 1;
      let left = false;
      return () => {
        if (!left) sessions -= 1;
        left = true;
      };
    },
    async readBack(shown) {
      const now = await card.settings();
      const locked = (setting: "gpuHertz" | "memoryHertz") => {
        const [told, asked, seen] = [knobs[setting].read(now), current[setting], shown[setting]];
        if (told !== null) return { [setting]: told };
        const isAbove = asked !== undefined && seen !== null && seen > asked * (1 + lockTolerance);
        return isAbove ? { [setting]: seen } : {};
      };
      const { powerLimitWatts } = now;
      return {
        ...(powerLimitWatts === null ? {} : { powerCapWatts: powerLimitWatts }),
        ...locked("gpuHertz"),
        ...locked("memoryHertz"),
      };
    },
  };
}

function checkSettable(mode: PowerMode): void {
  if (mode.cores === undefined && mode.cpuHertz === undefined) return;
  throw new InputError({
    what: `power mode "${mode.name}"`,
    problem: "sets cores or clocks of a processor, which a card has not",
    advice: "choose a mode of a power cap and clocks of the card",
  });
}
