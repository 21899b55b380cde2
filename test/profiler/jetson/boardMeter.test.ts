import { describe, expect, test } from "vitest";
import { BoardMeter } from "../../../packages/profiler/src/jetson/boardMeter.ts";
import { type KnownBoard, knownBoards } from "../../../packages/profiler/src/jetson/boards.ts";
import type { BoardSample } from "../../../packages/profiler/src/jetson/sampleBoard.ts";
import { totalRule } from "../../../packages/profiler/src/jetson/totalPower.ts";

const orinNx = knownBoards.find(({ name }) => name === "Orin NX")!;

/** A meter whose samples the test tells. Asked for one, the sampler gives the last told. */
function told(known: KnownBoard | "unknown" = orinNx) {
  const board = known === "unknown" ? undefined : known;
  let receive: (sample: BoardSample) => void = () => {};
  let end: Error | undefined;
  const meter = new BoardMeter({
    known: board,
    rule: totalRule(board, ["VDD_IN", "VDD_CPU_GPU_CV", "VDD_SOC"]),
    start(onSample) {
      receive = onSample;
      return {
        sample: () => (end === undefined ? Promise.resolve(sampleAt(0)) : Promise.reject(end)),
        close: async () => {},
      };
    },
  });
  return { meter, tell: (sample: BoardSample) => receive(sample), end: (error: Error) => (end = error) };
}

function sampleAt(time: number, change: Partial<BoardSample> = {}): BoardSample {
  return {
    time,
    watts: new Map([
      ["VDD_IN", 6],
      ["VDD_CPU_GPU_CV", 2],
      ["VDD_SOC", 1.5],
    ]),
    gpuHertz: 612e6,
    memoryHertz: 2133e6,
    temperatureCelsius: 50,
    busyFraction: 0.5,
    throttleEvents: 0,
    isHot: false,
    ...change,
  };
}

const now = 1000;

describe("power", () => {
  test("is that of the board's input, without its parts; no energy is counted", async () => {
    const { meter, tell } = told();
    tell(sampleAt(now));
    expect(meter.telemetry(now - 1, now + 1).power_w).toEqual([6]);
    expect(await meter.energy()).toEqual({ value: null, reason: expect.stringContaining("counts no energy") });
  });

  test("is not known for a board that is not known", async () => {
    const { meter, tell } = told("unknown");
    tell(sampleAt(now));
    expect(await meter.energy()).toEqual({ value: null, reason: expect.stringContaining("not known") });
    expect(meter.telemetry(now - 1, now + 1).power_w).toEqual([null]);
  });

  test("is not known when parts drew more than what feeds them", async () => {
    const { meter, tell } = told();
    const watts = new Map([
      ["VDD_IN", 6],
      ["VDD_CPU_GPU_CV", 5],
      ["VDD_SOC", 4],
    ]);
    for (const second of [0, 1, 2]) tell(sampleAt(now + second, { watts }));
    expect(meter.telemetry(now, now + 2).power_w).toEqual([null, null, null]);
    expect(await meter.energy()).toEqual({ value: null, reason: expect.stringContaining("of which they are parts") });
  });

  test("parts that exceed what feeds them for a moment, while power changes, are nothing wrong", () => {
    const { meter, tell } = told();
    const watts = new Map([
      ["VDD_IN", 3],
      ["VDD_CPU_GPU_CV", 2],
      ["VDD_SOC", 1.5],
    ]);
    for (const second of [0, 1, 2, 3]) tell(sampleAt(now + second, second === 2 ? { watts } : {}));
    expect(meter.telemetry(now, now + 3).power_w).toEqual([6, 6, 3, 6]);
  });

  test("is null while a rail cannot be read, and why is told", async () => {
    const { meter, tell } = told();
    tell(sampleAt(now));
    tell(sampleAt(now + 1, { watts: undefined, reason: "power could not be read (EIO)" }));
    expect(meter.telemetry(now, now + 1).power_w).toEqual([6, null]);
    expect(await meter.energy()).toEqual({ value: null, reason: "power could not be read (EIO)" });
    expect(meter.broken).toBe(false);
  });

  test("is not known once the sampler has ended", async () => {
    const { meter, tell, end } = told();
    tell(sampleAt(now));
    end(new Error("the sampling of the board has ended"));
    expect(await meter.energy()).toEqual({ value: null, reason: "the sampling of the board has ended" });
    expect(meter.broken).toBe(true);
  });
});

describe("throttleEvents", () => {
  test("are those the hardware counts, and samples in which the kernel held clocks down for heat", async () => {
    const { meter, tell } = told();
    tell(sampleAt(now, { throttleEvents: 4 }));
    expect((await meter.throttleEvents()).value).toBe(4);
    tell(sampleAt(now + 1, { throttleEvents: 5, isHot: true }));
    tell(sampleAt(now + 2, { throttleEvents: 5, isHot: true }));
    expect((await meter.throttleEvents()).value).toBe(7);
  });

  test("are not known on boards that show neither", async () => {
    const { meter, tell } = told();
    tell(sampleAt(now, { throttleEvents: undefined, isHot: undefined }));
    expect(await meter.throttleEvents()).toEqual({ value: null, reason: expect.stringContaining("neither counters") });
  });
});

describe("telemetry", () => {
  test("holds the samples of a window and those around it, with what could not be read as null", () => {
    const { meter, tell } = told();
    for (const second of [0, 1, 2, 3, 4]) tell(sampleAt(now + second, second === 2 ? { gpuHertz: undefined } : {}));
    const telemetry = meter.telemetry(now + 1.5, now + 2.5);
    expect(telemetry.time_s.map((time) => Math.round(time - now))).toEqual([1, 2, 3]);
    expect(telemetry.gpu_clock_hz).toEqual([612e6, null, 612e6]);
    expect(telemetry.power_w).toEqual([6, 6, 6]);
  });

  test("names why clocks were lowered in the words of all devices", () => {
    const { meter, tell } = told();
    tell(sampleAt(now));
    tell(sampleAt(now + 1, { throttleEvents: 3 }));
    tell(sampleAt(now + 2, { throttleEvents: 3, isHot: true }));
    tell(sampleAt(now + 3, { throttleEvents: 4, isHot: true }));
    expect(meter.telemetry(now, now + 3).clock_reasons).toEqual([
      "",
      "hardware-slowdown",
      "thermal-software",
      "thermal-software+hardware-slowdown",
    ]);
  });
});
