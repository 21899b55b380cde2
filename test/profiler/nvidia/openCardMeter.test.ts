import { setTimeout as sleep } from "node:timers/promises";
import { CardLost, type CardMeter, type CardMeterOptions, openCardMeter, systemClock } from "@partitune/profiler";
import { InputError } from "@partitune/schema";
import { afterEach, describe, expect, test, vi } from "vitest";
import { noCompiler } from "../fixtures/nvml/buildFakeNvml.ts";
import { type FakeCard, type FakeCards, fakeH100, fakeMigH100, makeFakeCards } from "../fixtures/nvml/fakeCards.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const open: CardMeter[] = [];
afterEach(async () => {
  for (const meter of open.splice(0)) await meter.close();
});

async function openMeter(
  card: FakeCard = fakeH100,
  options: Partial<CardMeterOptions> = {},
): Promise<{ readonly fake: FakeCards; readonly meter: CardMeter }> {
  const fake = makeFakeCards(temporaryFolder(), [card]);
  const driver = { library: fake.library, program: "no-such-nvidia-smi" };
  const meter = await openCardMeter({ uuid: fakeH100.uuid, driver, hertz: 50, ...options });
  open.push(meter);
  return { fake, meter };
}

/** Waits until the meter has seen what a test waits for; how long that takes says nothing. */
function seen<T>(read: () => Promise<T>, isThere: (value: T) => boolean): Promise<T> {
  return vi.waitFor(
    async () => {
      const value = await read();
      if (!isThere(value)) throw new Error(`not seen: ${JSON.stringify(value)}`);
      return value;
    },
    { timeout: 20_000, interval: 20 },
  );
}

const title = `the meter of a card${noCompiler === undefined ? "" : ` (${noCompiler})`}`;
describe.skipIf(noCompiler !== undefined)(title, () => {
  test("keeps what the card shows, in columns on the executor's clock", async () => {
    const { fake, meter } = await openMeter();
    const from = systemClock.now();
    await seen(
      () => meter.between(from, systemClock.now()),
      ({ time_s }) => time_s.length >= 5,
    );
    fake.set(0, { average_mw: 650_000, reasons: 0x5, busy_percent: 88 });
    await meter.energyJoules();
    const shown = await meter.between(from, systemClock.now());
    expect(shown.power_w.slice(0, 3)).toEqual([120, 120, 120]);
    expect(shown.power_w.at(-1)).toBe(650);
    expect(shown.clock_reasons.at(-1)).toBe("idle+power-cap");
    expect(shown.busy_fraction.at(-1)).toBe(0.88);
    expect(shown.gpu_clock_hz.at(-1)).toBe(1980e6);
    expect(shown.time_s.every((time, i) => i === 0 || time > shown.time_s[i - 1]!)).toBe(true);
    expect(shown.time_s.at(-1)!).toBeGreaterThan(from);
    expect(new Set(Object.values(shown).map(({ length }) => length)).size).toBe(1);
  });

  test("tells the energy counter at the moment of asking, and what part of it an update is", async () => {
    const { fake, meter } = await openMeter({ ...fakeH100, period_us: 100_000, epoch_ns: process.hrtime.bigint() });
    const from = systemClock.now();
    const before = (await meter.energyJoules()).value!;
    const begun = systemClock.now();
    await sleep(1200);
    const ended = systemClock.now();
    const after = (await meter.energyJoules()).value!;
    const to = systemClock.now();
    // The card draws 120 W; the counter is renewed every 100 ms, of which one may be missing or too many at each end.
    expect(after - before).toBeGreaterThanOrEqual(120 * (ended - begun - 0.1));
    expect(after - before).toBeLessThanOrEqual(120 * (to - from + 0.1));
    expect(meter.energyUpdateSeconds()).toBeGreaterThan(0);
    expect(meter.integralJoules(from, to).value! / (to - from)).toBeCloseTo(120, 6);
    expect(meter.verdict(from, to, after - before, false)).toMatchObject({ flags: ["short-power-window"] });
    fake.set(0, { epoch_ns: 0, energy_mj: 1 });
    expect((await meter.energyJoules()).reason).toMatch(/^the energy counter fell from /);
  });

  test("counts when the card begins to protect itself, and what it shows between two readings by its own counter", async () => {
    const { fake, meter } = await openMeter();
    expect(await meter.throttleEvents()).toEqual({ value: 0 });
    fake.set(0, { reasons: 0x4 });
    expect(await meter.throttleEvents()).toEqual({ value: 0 });
    fake.set(0, { reasons: 0x44 });
    const { value } = await meter.throttleEvents();
    expect(value).toBe(1);
    fake.set(0, { reasons: 0 });
    await seen(
      () => meter.between(systemClock.now(), systemClock.now()),
      (t) => t.clock_reasons.at(-1) === "",
    );
    const before = (await meter.throttleEvents()).value!;
    fake.set(0, { violation_thermal_ns: 5_000_000 });
    expect((await meter.throttleEvents()).value! - before).toBe(1);
  });

  test("what cannot be read is null with a reason, and reasons that cannot be read are called unknown", async () => {
    const { fake, meter } = await openMeter();
    fake.setFaults([
      { function: "nvmlDeviceGetTotalEnergyConsumption", code: 3 },
      { function: "nvmlDeviceGetCurrentClocksEventReasons", code: 3 },
      { function: "nvmlDeviceGetTemperature", code: 3 },
      { function: "nvmlDeviceGetTemperatureV", code: 3 },
    ]);
    expect((await meter.energyJoules()).reason).toBe("not supported by this card (NVML error 3)");
    const now = systemClock.now();
    const shown = await meter.between(now, now);
    expect([shown.temperature_c.at(-1), shown.clock_reasons.at(-1), shown.power_w.at(-1)]).toEqual([
      null,
      "unknown",
      120,
    ]);
  });

  test("a driver that hangs gives null with a reason, holes in the telemetry, and goes on when it answers again", async () => {
    const { fake, meter } = await openMeter(fakeH100, { stallSeconds: 0.3 });
    await meter.energyJoules();
    const from = systemClock.now();
    fake.setFaults([{ function: "nvmlDeviceGetFieldValues", delaySeconds: 1.5, times: 1 }]);
    await seen(
      () => meter.energyJoules(),
      ({ value }) => value === null,
    );
    const hung = await meter.between(from, systemClock.now());
    expect(hung.power_w.at(-1)).toBeNull();
    expect(meter.integralJoules(from, from + 30).value).toBeNull();
    expect(
      await seen(
        () => meter.energyJoules(),
        ({ value }) => value !== null,
      ),
    ).toEqual({ value: 5000 });
  });

  test("a lost card surfaces at the next read as CardLost", async () => {
    const { fake, meter } = await openMeter();
    fake.set(0, { lost: 1 });
    const read = () =>
      meter.energyJoules().then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(await seen(read, (error) => error !== undefined)).toBeInstanceOf(CardLost);
    await expect(meter.between(0, 1)).rejects.toBeInstanceOf(CardLost);
    await expect(meter.throttleEvents()).rejects.toThrow(/fallen off the bus/);
  });

  test("its own process may end: it is started again, and closed for good with the meter", async () => {
    const { fake, meter } = await openMeter();
    await meter.energyJoules();
    const [child] = await childrenOf(process.pid, "meterProgram");
    process.kill(child!, "SIGKILL");
    fake.set(0, { energy_mj: 6_000_000 });
    const reading = await seen(
      () => meter.energyJoules(),
      ({ value }) => value !== null,
    );
    expect(reading).toEqual({ value: 6000 });
    await meter.close();
    await meter.close();
    expect(await childrenOf(process.pid, "meterProgram")).toEqual([]);
    expect((await meter.energyJoules()).value).toBeNull();
  });

  test("a paused meter leaves the card alone until it is resumed or asked", async () => {
    const { fake, meter } = await openMeter();
    meter.pause();
    await meter.energyJoules();
    const calls = fake.driver("calls");
    await sleep(200);
    expect(fake.driver("calls")).toBe(calls);
    meter.resume();
    await seen(
      async () => fake.driver("calls"),
      (now) => now > calls,
    );
  });

  test("warns of what a reader should know: MIG has no power of its own, A100 sees a quarter of the time", async () => {
    const { meter } = await openMeter({ ...fakeMigH100, name: "NVIDIA A100-SXM4-80GB", major: 8 });
    expect(meter.warnings.map(({ code }) => code)).toEqual(["device-power"]);
    const { meter: second, fake } = await openMeter({ ...fakeH100, name: "NVIDIA A100-SXM4-80GB", major: 8 });
    fake.setFaults([{ function: "field:185", code: 3 }]);
    await seen(
      async () => second.warnings.map(({ code }) => code),
      (codes) => codes.includes("partial-power-sampling"),
    );
    expect(second).toMatchObject({ scope: "gpu" });
    expect(second.powerReading()).toBe("instant");
  });

  test("a card that is not there, no driver, and numbers out of range are refused before anything is measured", async () => {
    const fake = makeFakeCards(temporaryFolder());
    const driver = { library: fake.library, program: "no-such-nvidia-smi" };
    await expect(openCardMeter({ uuid: "GPU-none", driver })).rejects.toThrow(
      /GPU "GPU-none" is not among the cards that can be used \(GPU-1111.*\); choose one of nvidia-smi -L/,
    );
    await expect(openCardMeter({ uuid: "x", driver: { ...driver, library: "/no.so" } })).rejects.toBeInstanceOf(
      InputError,
    );
    await expect(openCardMeter({ uuid: "x", driver, hertz: 1000 })).rejects.toThrow(
      /"hertz" is 1000, expected 1 to 50/,
    );
  });
});

/** Processes below one whose command line holds a text. */
async function childrenOf(pid: number, text: string): Promise<readonly number[]> {
  const { readdirSync, readFileSync } = await import("node:fs");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => {
      try {
        const parent = Number(
          readFileSync(`/proc/${id}/stat`, "utf8")
            .replace(/^.*\) /s, "")
            .split(" ")[1],
        );
        return parent === pid && readFileSync(`/proc/${id}/cmdline`, "utf8").includes(text);
      } catch {
        return false;
      }
    });
}
