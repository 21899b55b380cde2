import { plots } from "@partitune/report";
import type { FleetPlan, FleetTransition, SharingComparison } from "@partitune/schema";
import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { migFleetPlan, mpsFleetPlan } from "../schema/exampleFleetPlan.ts";
import {
  syntheticComparison,
  syntheticFleet,
  syntheticFleetReport,
  syntheticFleetTrace,
  syntheticInterference,
  syntheticSchedule,
  syntheticTransition,
} from "./syntheticFleet.ts";

interface Mark {
  readonly textContent: string;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): ArrayLike<Mark>;
}

function select(html: string, selector: string): readonly Mark[] {
  const document = new JSDOM(html).window.document as unknown as Mark;
  return Array.from(document.querySelectorAll(selector));
}

const numbers = (mark: Mark, ...names: readonly string[]) => names.map((name) => Number(mark.getAttribute(name)));
const texts = (html: string) => select(html, "svg text").map(({ textContent }) => textContent);

/** Left edge and width of every piece's frame, as parts of the card. */
function framesOf(html: string): readonly (readonly [number, number])[] {
  const [card] = select(html, "svg.card");
  const [width] = numbers(card!, "width");
  return Array.from(card!.querySelectorAll("g.piece > rect:last-of-type"), (frame) => {
    const [x, w] = numbers(frame, "x", "width");
    return [(x! - 1) / (width! - 2), w! / (width! - 2)] as const;
  });
}

const hostile = ["<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "a name & so long ".repeat(11)];

describe("clusterPicture", () => {
  it("draws MIG instances at the slices at which they begin, as wide as they are", () => {
    const frames = framesOf(plots.clusterPicture(migFleetPlan()).html);
    const expected = [
      [0, 2 / 8],
      [2 / 8, 1 / 8],
      [4 / 8, 4 / 8],
    ];
    expect(frames).toHaveLength(expected.length);
    for (const [i, [start, width]] of frames.entries()) {
      expect(start).toBeCloseTo(expected[i]![0]!, 2);
      expect(width).toBeCloseTo(expected[i]![1]!, 2);
    }
  });

  it("draws shares side by side, as wide as they are", () => {
    const widths = framesOf(plots.clusterPicture(mpsFleetPlan()).html).map(([, width]) => width);
    for (const [i, share] of [0.5, 0.3, 0.2].entries()) expect(widths[i]).toBeCloseTo(share, 2);
  });

  it("fills every tenant up to its load", () => {
    const { html } = plots.clusterPicture(migFleetPlan());
    const heights = (selector: string) => select(html, selector).map((mark) => numbers(mark, "height")[0]!);
    const levels = heights("rect.load").map((height, i) => height / heights("rect.tenant")[i]!);
    for (const [i, load] of [80 / 120, 5 / 8, 20 / 30, 280 / 420].entries()) expect(levels[i]).toBeCloseTo(load, 2);
  });

  it("shows turns as a dashed line within the piece, and the free slice hatched", () => {
    const { html } = plots.clusterPicture(migFleetPlan());
    expect(select(html, "line.turn")).toHaveLength(1);
    expect(select(html, "g.free")).toHaveLength(1);
    expect(select(html, "g.blocked")).toHaveLength(0);
    expect(texts(html)).toContain("free");
  });

  it("names services, batches × processes, loads and sizes where they fit", () => {
    const words = texts(plots.clusterPicture(migFleetPlan()).html);
    expect(words).toEqual(expect.arrayContaining(["photos", "batch ≤ 4, 2 processes", "load 67 %", "3g.40gb"]));
  });

  it("states the bound beside the picture and in the caption, with the method", () => {
    const display = plots.clusterPicture(migFleetPlan());
    expect(display.html).toContain("1 GPU; proved that fewer do not suffice");
    expect(display.caption).toContain("By column-generation: 1 GPU; proved that fewer do not suffice");
    const gap = plots.clusterPicture(syntheticFleet({ cards: 40, services: 3, cut: "mps" }));
    expect(gap.html).toContain("40 GPUs; at least 39 are needed (gap 1 of 40)");
  });

  it("marks services whose promise was broken or is undecided", () => {
    const plan = syntheticFleet({ cards: 3, services: 5, cut: "mig" });
    const { html } = plots.clusterPicture(plan, syntheticFleetReport(plan));
    expect(html).toContain("✗ vgg16-1");
    expect(html).toContain("? bert-2");
    expect(html).not.toContain("✗ resnet50-0");
  });

  it("marks how busy pieces were when simulated: the mean over traces, and over cards that are drawn as one", () => {
    const plan = mpsFleetPlan();
    const [card] = plan.gpus;
    const twins = { ...plan, gpus: [card!, { ...card!, id: "gpu2" }] };
    const busy = (gpu: string, busyFraction: number) => ({
      gpu,
      piece: card!.pieces[0]!.id,
      busyFraction,
      tenants: [],
    });
    const trace = { ...syntheticFleetTrace(plan, 1), pieces: [busy("gpu1", 0.2), busy("gpu2", 0.8)] };
    const display = plots.clusterPicture(twins, null, [trace]);
    const marks = select(display.html, "path.busy");
    expect(marks.map(({ textContent }) => textContent)).toEqual(["busy 50 % of the time when simulated"]);
    expect(display.html).toContain("busy when simulated");
    expect(plots.clusterPicture(twins).html).not.toContain("busy when simulated");
  });

  it("draws equal cards once and says how many there are", () => {
    const display = plots.clusterPicture(syntheticFleet({ cards: 300, services: 12, cut: "mig", kinds: 6 }));
    expect(select(display.html, "svg.card")).toHaveLength(6);
    expect(select(display.html, ".panel strong").map(({ textContent }) => textContent)).toEqual(
      Array.from({ length: 6 }, () => " × 50"),
    );
    expect(display.caption).toContain("6 different cards are drawn once");
  });

  it("draws three hundred different cards with a thousand services, every piece of them, and stays small", () => {
    const plan = syntheticFleet({ cards: 300, services: 1000, cut: "mig" });
    const display = plots.clusterPicture(plan, syntheticFleetReport(plan));
    const pieces = plan.gpus.reduce((sum, card) => sum + card.pieces.length, 0);
    expect(select(display.html, "g.piece")).toHaveLength(pieces);
    expect(select(display.html, ".legend > span").length).toBeLessThanOrEqual(12 + 5);
    expect(display.html.length + display.text.length).toBeLessThan(1_200_000);
    expect(display.caption).toContain("Coloured by workload");
    expect(select(display.html, "path.broken").length).toBeGreaterThan(0);
    expect(display.text).toMatch(/… and \d+ more$/);
  });

  it("says of each card what it is when they differ", () => {
    const plan = syntheticFleet({ cards: 2, services: 3, cut: "mps" });
    const other = { ...plan.devices[0]!, name: "other card" };
    const [first, second] = plan.gpus;
    const mixed: FleetPlan = {
      ...plan,
      devices: [...plan.devices, other],
      gpus: [first!, { ...second!, device: other.name }],
    };
    expect(plots.clusterPicture(mixed).html).toContain("gpu1 · other card");
    expect(plots.clusterPicture(plan).html).not.toContain("gpu1 · ");
  });

  it("marks the end of a card whose shares add up to more, and a tenant that is sent more than it can answer", () => {
    const plan = mpsFleetPlan();
    const [card] = plan.gpus;
    const [piece] = card!.pieces;
    const tenant = { ...piece!.tenants[0]!, ratePerSecond: 500 };
    const over = { ...piece!, partition: { kind: "mps-share", share: 0.9 } as const, tenants: [tenant] };
    const { html } = plots.clusterPicture({ ...plan, gpus: [{ ...card!, pieces: [over, ...card!.pieces.slice(1)] }] });
    expect(select(html, "line.end")).toHaveLength(1);
    expect(texts(html)).toContain("load 132 %");
  });

  it("draws an idle fleet", () => {
    const display = plots.clusterPicture(mpsFleetPlan({ gpus: [] }));
    expect(display.caption).toContain("no card: 0 pieces");
    expect(display.html).not.toMatch(/NaN|undefined/);
  });

  it("cuts long names in the picture and keeps them whole in titles, and lets none become markup", () => {
    const { html } = plots.clusterPicture(syntheticFleet({ cards: 12, services: 3, cut: "mig", names: hostile }));
    expect(select(html, "script, img")).toHaveLength(0);
    const titles = select(html, "title").map(({ textContent }) => textContent);
    for (const name of hostile)
      expect(
        titles.some((title) => title.includes(name)),
        name,
      ).toBe(true);
    for (const text of texts(html)) expect(text.length).toBeLessThan(80);
  });
});

describe("sharingOverTime", () => {
  const comparison = syntheticComparison();
  const display = plots.sharingOverTime(comparison);

  it("draws a panel per way of sharing on the same scale, with a line per service", () => {
    const panels = select(display.html, "svg[role=img]");
    expect(panels).toHaveLength(comparison.lanes.length);
    const ticks = panels.map((panel) =>
      Array.from(panel.querySelectorAll('[aria-label="y-axis tick label"] text'), ({ textContent }) => textContent),
    );
    expect(ticks[0]!.length).toBeGreaterThan(1);
    for (const own of ticks) expect(own).toEqual(ticks[0]);
    for (const panel of panels) {
      expect(panel.querySelectorAll('[aria-label="line"] path')).toHaveLength(2 * comparison.services.length);
    }
  });

  it("says where services begin, and draws the deadline where it is within reach", () => {
    expect(texts(display.html)).toEqual(expect.arrayContaining(["+ resnet18", "+ resnet50", "+ vgg16"]));
    expect(display.html).toContain("deadline");
    const far = { ...comparison, services: comparison.services.map((each) => ({ ...each, deadlineSeconds: 9 })) };
    expect(plots.sharingOverTime(far).html).not.toContain("deadline");
  });

  it("takes a linear scale where latencies lie close together, and says which it took", () => {
    expect(display.caption).toContain("same logarithmic scale");
    const close = syntheticComparison(["resnet18"]);
    expect(plots.sharingOverTime(close).caption).toContain("same linear scale");
  });

  it("labels every round latency from milliseconds to minutes", () => {
    const [first, ...others] = comparison.lanes[0]!.streams;
    const timeline = first!.timeline.map((point, i) => ({ ...point, p50: 0.002, p99: i === 3 ? 90 : 0.003 }));
    const lanes = [{ ...comparison.lanes[0]!, streams: [{ ...first!, timeline }, ...others] }];
    const words = texts(plots.sharingOverTime({ ...comparison, lanes }).html);
    expect(words).toEqual(expect.arrayContaining(["0.01", "0.1", "1", "10", "100"]));
  });

  it("breaks lines where no request came", () => {
    const [path] = select(display.html, '[aria-label="line"] path');
    expect(path!.getAttribute("d")!.match(/M/g)!.length).toBeGreaterThan(1); // the interval from 400 s is left out
  });

  it("has a row per phase, service and way of sharing in its table", () => {
    expect(display.text).toMatch(/100–500 s +vgg16 +mps-alternate +20000 +7.6 ms .* 34.2 ms .* 6.65 ms +100 %/);
    expect(display.text.split("\n")).toHaveLength(2 + (1 + 2 + 3) * comparison.lanes.length);
  });

  it("draws the highest of neighbouring intervals when there are very many, loses no peak, and says so", () => {
    const long: SharingComparison = {
      ...comparison,
      intervalSeconds: 0.1,
      lanes: comparison.lanes.slice(0, 1).map((lane) => ({
        ...lane,
        streams: lane.streams.slice(0, 1).map((stream) => ({
          ...stream,
          timeline: Array.from({ length: 5000 }, (_, i) => ({
            seconds: i / 10,
            requests: 5,
            p50: 0.002,
            p99: i === 3333 ? 0.04 : 0.003,
            longest: 0.05,
          })),
        })),
      })),
    };
    const thinned = plots.sharingOverTime(long);
    expect(thinned.caption).toContain("Of every 13 intervals the one with the highest p99 is drawn");
    expect(thinned.caption).toContain("linear");
    expect(thinned.html.length).toBeLessThan(60_000);
    expect(texts(thinned.html)).toContain("40");
  });

  it("survives a comparison in which nothing arrived", () => {
    const empty = {
      ...comparison,
      lanes: comparison.lanes.map((lane) => ({
        ...lane,
        streams: lane.streams.map((stream) => ({ ...stream, timeline: [] })),
      })),
    };
    expect(plots.sharingOverTime(empty).html).not.toMatch(/NaN|Infinity|undefined/);
  });
});

describe("transitionSteps", () => {
  const transition = syntheticTransition();
  const display = plots.transitionSteps(transition);

  it("draws a row for every piece that changes, under its card, and none for those that stay", () => {
    expect(select(display.html, "g.life title").map(({ textContent }) => textContent)).toEqual(
      expect.arrayContaining(["gpu0.0 on gpu0: mig:2g.20gb@0", "gpu0.new on gpu0: mig:1g.10gb@0"]),
    );
    expect(select(display.html, "g.life")).toHaveLength(3);
    expect(select(display.html, "text.gpu").map(({ textContent }) => textContent)).toEqual([
      "gpu0gpu0",
      "spare0spare0",
    ]);
  });

  it("draws pieces from the step that creates them to the step that destroys them", () => {
    const frames = select(display.html, "g.life > rect").map((frame) => numbers(frame, "x", "width"));
    const column = frames[0]![1]! / 6; // there before all steps, destroyed by the fifth
    const spans = frames.map(([x, width]) => [Math.round((x! - 168) / column) - 1, Math.round(width! / column)]);
    expect(spans).toEqual([
      [-1, 6],
      [5, 4],
      [0, 9],
    ]);
  });

  it("draws the capacity of services that change, with what is required, and names the dip", () => {
    expect(texts(display.html)).toContain("required 80");
    expect(texts(display.html).some((text) => text.includes("photos (requests/s)"))).toBe(true);
    expect(display.caption).toContain("Capacity is missing once, in red");
    expect(display.text).toMatch(/photos +80 +120 +50 +100/);
  });

  it("marks changes of power modes in the row of the card", () => {
    const words = { seconds: 1, check: "root", rollback: "set it back" };
    const [card] = transition.before;
    const changed: FleetTransition = {
      ...transition,
      steps: [{ action: "set-power-mode", gpu: card!.id, from: "default", to: "300W", ...words }],
      after: transition.before,
      dips: [],
    };
    const { html, caption } = plots.transitionSteps(changed);
    expect(select(html, "g.mode text").map(({ textContent }) => textContent)).toEqual(["300W"]);
    expect(caption).toContain("Every service keeps its capacity throughout");
  });

  it("draws nothing where nothing changes", () => {
    const idle = plots.transitionSteps({ ...transition, steps: [], dips: [], after: transition.before });
    expect(idle.html).not.toContain("<svg");
    expect(idle.caption).toContain("0 steps");
  });

  it("draws the first pieces of a very long transition and says so", () => {
    const plan = syntheticFleet({ cards: 120, services: 20, cut: "mig" });
    const words = { seconds: 4, check: "empty", rollback: "create it again" };
    const steps = plan.gpus.flatMap(({ id: gpu, pieces }) =>
      pieces.map(({ id: piece, partition }) => ({ action: "destroy" as const, gpu, piece, partition, ...words })),
    );
    const long = plots.transitionSteps({ ...transition, before: plan.gpus, services: plan.services, steps });
    expect(select(long.html, "g.life")).toHaveLength(80);
    expect(long.caption).toContain(`the first 80 of ${steps.length} pieces that change are drawn`);
  });

  it("lets no name become markup", () => {
    const plan = syntheticFleet({ cards: 3, services: 3, cut: "mig", names: hostile });
    expect(select(plots.transitionSteps(syntheticTransition(plan)).html, "script, img")).toHaveLength(0);
  });
});

describe("deadlineAttainment", () => {
  const plan = syntheticFleet({ cards: 3, services: 5, cut: "mig" });
  const report = syntheticFleetReport(plan);

  it("puts the services nearest to breaking their promise first and marks those that fall short", () => {
    const display = plots.deadlineAttainment(report.traces, report.checks);
    expect(display.caption).toContain("1 falls short of the promise in the mean");
    expect(display.text.split("\n")[2]).toMatch(/^vgg16-1 +\d+ +97.\d % +97.\d % +99 %$/);
    expect(texts(display.html)[0]).toBe("vgg16-1");
  });

  it("shows runs without promises, and draws forty of many services", () => {
    const many = syntheticFleet({ cards: 3, services: 100, cut: "mig" });
    const display = plots.deadlineAttainment([syntheticFleetTrace(many, 1)]);
    expect(display.caption).toContain("The 40 services nearest to their promise");
    expect(display.text).toMatch(/ –$/m);
    expect(plots.deadlineAttainment([]).html).not.toMatch(/NaN|undefined/);
  });
});

describe("scheduleOverTime", () => {
  it("names the periods and compares with a fleet for the highest rates", () => {
    const display = plots.scheduleOverTime(syntheticSchedule());
    expect(select(display.html, "svg[role=img]")).toHaveLength(2);
    expect(texts(display.html)).toEqual(expect.arrayContaining(["night", "morning", "day", "evening"]));
    expect(display.caption).toContain(
      "132 card-hours; planned once for the highest rates, it would take 216: 38.9 % less",
    );
    expect(display.text).toMatch(/day +8 +9 +9 +621/);
  });
});

describe("interferenceErrors", () => {
  it("names the chosen model, and both errors of each", () => {
    const { html, caption } = plots.interferenceErrors(syntheticInterference());
    expect(texts(html)).toEqual(expect.arrayContaining(["constant, chosen", "none", "linear", "8.7 %", "14.6 %"]));
    expect(caption).toContain("40 measurements with neighbours, 10 different pairs");
  });
});
