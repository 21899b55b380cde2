import { devices, readNvidiaModes } from "@partitune/profiler";
import { device } from "@partitune/schema";
import { describe, expect, test } from "vitest";

interface CardText {
  readonly bus?: string;
  readonly limits?: readonly [min: string, max: string, usual: string];
  readonly clocks?: Readonly<Record<string, readonly number[]>> | string;
}

/** A synthetic listing in the layout of the 550 driver: written by hand, recorded nowhere. */
function listing(...cards: readonly CardText[]): string {
  return `
==============NVSMI LOG==============

Timestamp                                 : Thu Jan  1 00:00:00 2026
Driver Version                            : 550.54.15
CUDA Version                              : 12.4

Attached GPUs                             : ${cards.length}
${cards.map(cardText).join("\n")}
`;
}

function cardText({
  bus = "00000000:17:00.0",
  limits = ["200.00 W", "700.00 W", "700.00 W"],
  clocks = {},
}: CardText): string {
  const [min, max, usual] = limits;
  const supported =
    typeof clocks === "string"
      ? `    Supported Clocks                      : ${clocks}`
      : `    Supported Clocks\n${Object.entries(clocks).map(clockText).join("\n")}`;
  return `GPU ${bus}
    GPU Power Readings
        Power Draw                        : 71.57 W
        Current Power Limit               : ${usual}
        Requested Power Limit             : ${usual}
        Default Power Limit               : ${usual}
        Min Power Limit                   : ${min}
        Max Power Limit                   : ${max}
    Power Samples
        Duration                          : 2.38 sec
        Max                               : 71.96 W
        Min                               : 71.31 W
    GPU Memory Power Readings
        Power Draw                        : N/A
    Module Power Readings
        Power Draw                        : N/A
        Default Power Limit               : N/A
        Min Power Limit                   : N/A
        Max Power Limit                   : N/A
${supported}
`;
}

function clockText([memory, graphics]: readonly [string, readonly number[]]): string {
  const lines = graphics.map((clock) => `            Graphics                      : ${clock} MHz`);
  return [`        Memory                            : ${memory} MHz`, ...lines].join("\n");
}

const both = { "1593": [1980, 1965, 1950, 345], "2619": [1980, 1965, 345] };

test("caps go from the lowest to the highest limit in steps of 25 W, clocks are those listed", () => {
  const [card] = readNvidiaModes(listing({ clocks: both }));
  expect(card).toEqual({
    bus: "00000000:17:00.0",
    powerModes: [{ name: "default", powerCapWatts: 700 }],
    powerLevels: {
      powerCapWatts: Array.from({ length: 21 }, (_, i) => 200 + 25 * i),
      gpuHertz: [345e6, 1965e6, 1980e6],
      memoryHertz: [1593e6, 2619e6],
    },
    leftOut: [],
  });
  const { bus: _, leftOut: __, ...modes } = card!;
  expect(() => device.parse({ ...devices.h100, ...modes })).not.toThrow();
});

test("the highest limit is a level also where the step does not meet it", () => {
  const [card] = readNvidiaModes(listing({ limits: ["60.00 W", "72.00 W", "72.00 W"], clocks: both }), 5);
  expect(card!.powerLevels.powerCapWatts).toEqual([60, 65, 70, 72]);
});

test("a memory clock that not every clock goes with is left out, and told", () => {
  const [card] = readNvidiaModes(listing({ clocks: { "405": [420, 210], "7251": [1740, 1725, 210] } }));
  expect(card!.powerLevels.memoryHertz).toEqual([7251e6]);
  expect(card!.leftOut).toEqual([405e6]);
});

test("every card has its own", () => {
  const cards = readNvidiaModes(
    listing({ clocks: both }, { bus: "00000000:65:00.0", limits: ["100.00 W", "300.00 W", "250.00 W"], clocks: both }),
  );
  expect(cards.map(({ bus, powerModes }) => [bus, powerModes[0]!.powerCapWatts])).toEqual([
    ["00000000:17:00.0", 700],
    ["00000000:65:00.0", 250],
  ]);
});

test("the sections of older drivers are read as well", () => {
  const older = listing({ clocks: both })
    .replace("GPU Power Readings", "Power Readings")
    .replace("Current Power Limit ", "Power Limit         ")
    .replace(/ {4}Module Power Readings\n(?: {8}.*\n)+/, "");
  expect(readNvidiaModes(older)[0]!.powerLevels.powerCapWatts).toHaveLength(21);
});

describe("a listing is refused", () => {
  test.each([
    ["that is another text", "No devices were found", "lists no GPU"],
    [
      "of a card without limits",
      listing({ limits: ["N/A", "N/A", "N/A"], clocks: both }),
      '"Min Power Limit" in watts',
    ],
    ["of a card that hides its clocks", listing({ clocks: "N/A" }), '"Supported Clocks" with memory and graphics'],
    [
      "with a clock that is none",
      listing({ clocks: both }).replace("1965 MHz", "fast"),
      'where "Graphics : fast" stands',
    ],
  ])("%s", (_, text, words) => {
    expect(() => readNvidiaModes(text)).toThrow(words);
  });
});
