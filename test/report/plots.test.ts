import { jupyterDisplay, plots } from "@partitune/report";
import type { Profile, Trace } from "@partitune/schema";
import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { syntheticInput } from "./syntheticInput.ts";

const input = syntheticInput();
const profile = input.profile!;
const plan = input.plan!;
const traces = input.report!.traces;

const displays = {
  latencyByShare: plots.latencyByShare(profile),
  shareBatchMap: plots.shareBatchMap(profile),
  throughputLatency: plots.throughputLatency(profile, plan.demands),
  predictedMeasured: plots.predictedMeasured(input.surrogate!),
  residuals: plots.residuals(input.surrogate!),
  paretoFront: plots.paretoFront(input.fronts![0]!, "a"),
  planPicture: plots.planPicture(plan, input.report!),
  responseDistribution: plots.responseDistribution(traces, plan.demands),
  responseBreakdown: plots.responseBreakdown(traces),
  runSequence: plots.runSequence(input.runs!),
  searchProbes: plots.searchProbes(input.searches![0]!),
  measuredFront: plots.measuredFront(input.searches![0]!),
  evaluationLosses: plots.evaluationLosses(input.evaluations![0]!),
  sharedLatency: plots.sharedLatency([...input.modeReport!.traces, ...input.modeTraces!], { resnet50: 0.3 }),
  clusterPicture: plots.clusterPicture(input.fleetPlan!, input.fleetReport!),
  deadlineAttainment: plots.deadlineAttainment(input.fleetReport!.traces, input.fleetReport!.checks),
  interferenceErrors: plots.interferenceErrors(input.interferences![0]!),
  scheduleOverTime: plots.scheduleOverTime(input.schedules![0]!),
  sharingOverTime: plots.sharingOverTime(input.comparisons![0]!),
  transitionSteps: plots.transitionSteps(input.transitions![0]!),
  kernelTimeline: plots.kernelTimeline(input.kernelTraces![0]!),
  kernelGaps: plots.kernelGaps(input.kernelTraces![0]!),
  kernelSharingBars: plots.kernelSharingBars(input.kernelSharings!),
  kernelFillFront: plots.kernelFillFront(input.kernelSharings![0]!),
  overlapCompletions: plots.overlapCompletions(input.kernelOverlaps![0]!),
  responseTimeBars: plots.responseTimeBars(input.responseTimes!),
  schedulabilityCurves: plots.schedulabilityCurves(input.schedulabilities![0]!),
} satisfies Record<keyof typeof plots, unknown>;

/** Texts of one kind of marks in the i-th SVG of a picture. */
function draw(html: string) {
  return new JSDOM(html).window.document as unknown as {
    querySelectorAll(selector: string): ArrayLike<{ textContent: string; getAttribute(name: string): string | null }>;
  };
}

function textsOf(html: string): string[] {
  return Array.from(draw(html).querySelectorAll("svg text"), ({ textContent }) => textContent);
}

/** Those that show no data: bounds of task sets that a user wrote. */
const withoutData: readonly string[] = ["responseTimeBars"];

describe.each(Object.entries(displays))("the plot %s", (name, display) => {
  it("draws at least one picture, each with words for those who cannot see it", () => {
    const pictures = Array.from(draw(display.html).querySelectorAll("svg[role=img]"));
    expect(pictures.length).toBeGreaterThan(0);
    for (const picture of pictures) expect(picture.getAttribute("aria-label")).toMatch(/\w{3}/);
  });

  it("contains no number that could not be drawn", () => {
    expect(display.html).not.toMatch(/NaN|Infinity|undefined/);
    expect(display.text).not.toMatch(/NaN|undefined/);
  });

  it("says that its data is synthetic, where it shows data", () => {
    if (withoutData.includes(name)) expect(display.caption).not.toContain("Synthetic");
    else expect(display.caption).toContain("Synthetic");
  });

  it("shows itself in a notebook as HTML and as text, with title and caption", () => {
    const bundle = display[jupyterDisplay]();
    expect(bundle["text/html"]).toContain("<svg");
    expect(bundle["text/plain"]).toContain(display.title);
    expect(bundle["text/plain"]).toContain(display.text);
  });

  it("needs no script and no network", () => {
    expect(display.html).not.toMatch(/<script|https?:|url\(|<img|<link/i);
  });
});

describe("latencyByShare", () => {
  it("draws one panel per workload and names every line", () => {
    expect(draw(displays.latencyByShare.html).querySelectorAll("svg[role=img]").length).toBe(3);
    expect(textsOf(displays.latencyByShare.html)).toContain("batch 8");
  });

  it("marks the configurations that have no valid measurement, and says why in the text", () => {
    expect(textsOf(displays.latencyByShare.html).filter((text) => text === "✕8")).toHaveLength(3);
    expect(displays.latencyByShare.text).toMatch(/vgg16.*cpu-share:0\.125\s+8\s+infeasible/);
    expect(displays.latencyByShare.text).toMatch(/resnet18.*cpu-share:0\.125\s+8\s+invalid/);
    expect(displays.latencyByShare.text).toMatch(/resnet50.*cpu-share:0\.75\s+8\s+not measured/);
  });

  it("states counts and the confidence of the intervals", () => {
    expect(displays.latencyByShare.caption).toMatch(/\d+ valid of \d+ measurements, n = \d+ batches, 99 % intervals/);
  });

  it("leaves out measurements beside neighbours, of several processes and under open load, and counts them", () => {
    const row = profile.measurements[0]!;
    const shared = { ...row, id: "shared", point: { ...row.point, neighbours: [row.point.config] } };
    const open = { ...row, id: "open", point: { ...row.point, load: { kind: "poisson", ratePerSecond: 5 } as const } };
    const config = { ...row.point.config, processes: 2 };
    const several = { ...row, id: "several", point: { ...row.point, config } };
    const mixed: Profile = { ...profile, measurements: [...profile.measurements, shared, several, open] };
    const display = plots.latencyByShare(mixed);
    expect(display.html).toBe(displays.latencyByShare.html);
    expect(display.caption).toContain("3 measurements under other loads are left out");
  });

  it("says when measurements of several environments stand together", () => {
    const [first, ...others] = profile.measurements;
    const mixed: Profile = { ...profile, measurements: [{ ...first!, environment: "env2" }, ...others] };
    expect(plots.latencyByShare(mixed).caption).toContain("2 environments together");
  });
});

describe("shareBatchMap", () => {
  it("shows values, and missing cells as signs", () => {
    const texts = textsOf(displays.shareBatchMap.html);
    for (const sign of ["–", "✕", "!"]) expect(texts).toContain(sign);
    expect(displays.shareBatchMap.text).toMatch(/resnet50, throughput/);
  });
});

describe("throughputLatency", () => {
  it("takes the p99 where all configurations have one and the median elsewhere, and says which", () => {
    const texts = textsOf(displays.throughputLatency.html).join("\n");
    expect(texts).toContain("p99 batch latency (ms, lower is better)");
    expect(texts).toContain("median batch latency (ms, lower is better)");
  });

  it("draws deadlines and tells which configurations cannot meet the demand", () => {
    expect(textsOf(displays.throughputLatency.html)).toContain("deadline 250 ms");
    expect(displays.throughputLatency.text).toMatch(/resnet18\s+cpu-share:0\.125\s+1\s.*no$/m);
    expect(displays.throughputLatency.text).toMatch(/resnet18\s+cpu-share:1\s+1\s.*alone, yes$/m);
  });
});

describe("predictedMeasured", () => {
  it("states coverage with its interval and the number of held-out configurations", () => {
    expect(displays.predictedMeasured.caption).toMatch(
      /resnet18 by amdahl: n = 20, median error [\d.]+ %, coverage 100 % \[75, 100\]/,
    );
  });
});

describe("paretoFront", () => {
  it("draws one panel per pair of objectives", () => {
    const front = input.fronts![0]!;
    const three = {
      ...front,
      objectives: [...front.objectives, { name: "power_w", better: "lower" as const }],
      points: front.points.map((point) => ({ ...point, values: [...point.values, 10] })),
    };
    expect(draw(plots.paretoFront(three).html).querySelectorAll("svg[role=img]").length).toBe(3);
  });

  it("marks the picked point, and only when there is one", () => {
    expect(textsOf(displays.paretoFront.html)).toContain("picked");
    expect(textsOf(plots.paretoFront(input.fronts![0]!).html)).not.toContain("picked");
  });

  it("says on the axes which way is better", () => {
    const texts = textsOf(displays.paretoFront.html).join("\n");
    expect(texts).toContain("share (%, lower is better)");
    expect(texts).toContain("response over deadline (lower is better)");
  });

  it("counts cards in whole numbers", () => {
    const front = input.fronts![0]!;
    const cards = {
      ...front,
      objectives: [
        { name: "GPUs", better: "lower" as const },
        { name: "power_w", better: "lower" as const },
      ],
      points: [4, 5, 6].map((gpus) => ({
        id: `${gpus}`,
        values: [gpus, 900 - 10 * gpus],
        onFront: true,
        violations: [],
      })),
    };
    const words = textsOf(plots.paretoFront(cards).html);
    expect(words).toEqual(expect.arrayContaining(["4", "5", "6"]));
    expect(words).not.toContain("4.5");
  });

  it("stays small with a hundred thousand alternatives, and says how many are drawn", () => {
    const front = input.fronts![0]!;
    const points = Array.from({ length: 100_000 }, (_, i) => ({
      id: `${i}`,
      values: [i / 1e5, 1 - i / 1e5],
      onFront: i % 2 === 0,
      violations: [],
    }));
    const display = plots.paretoFront({ ...front, points }, "50000");
    expect(display.html.length + display.text.length).toBeLessThan(500_000);
    expect(display.caption).toContain("50000 on the front (one in 25 drawn), 50000 dominated (one in 50 drawn)");
    expect(display.text).toContain("more on the front");
    expect(textsOf(display.html)).toContain("picked");
  });

  it("counts dominated and infeasible alternatives", () => {
    expect(displays.paretoFront.caption).toContain("66 alternatives: 6 on the front, 45 dominated, 15 infeasible");
  });
});

describe("planPicture", () => {
  it("shows share, threads, batch, utilisation, promises and the idle rest", () => {
    const texts = textsOf(displays.planPicture.html);
    expect(texts).toContain("37.5 % of the device · 3 threads · batch ≤ 2 · busy 48.6 %");
    expect(texts).toContain("p99 response ≤ 900 ms: ✗ broken");
    expect(texts).toContain("idle rest: 12.5 %");
  });

  it("says that promises are not judged where there is no report", () => {
    expect(textsOf(plots.planPicture(plan).html)).toContain("p99 response ≤ 250 ms: predicted 110 ms, not judged yet");
  });

  it("says when placements reserve more than there is", () => {
    const placements = plan.placements.map((placement) => ({
      ...placement,
      config: { ...placement.config, partition: { kind: "cpu-share", share: 0.5 } as const },
    }));
    expect(plots.planPicture({ ...plan, placements }).text).toContain("reserve more than the device has");
  });
});

describe("responseDistribution", () => {
  it("draws both sources with deadline, and states n of each", () => {
    expect(textsOf(displays.responseDistribution.html)).toContain("deadline 250 ms, p99");
    expect(displays.responseDistribution.caption).toContain(
      "resnet18 simulated: n = 18000 requests, 3 seeds, marks span all of them",
    );
    expect(displays.responseDistribution.caption).toContain(
      "vgg16 measured: n = 1400 requests, 95 % intervals, 3 failed",
    );
  });

  it("stops each curve at the highest percentile that its number of requests bounds", () => {
    const trace = traces[0]!;
    const few: Trace = { ...trace, streams: trace.streams.map((stream) => ({ ...stream, requests: 100 })) };
    expect(textsOf(plots.responseDistribution([few]).html)).not.toContain("p99.9");
    expect(textsOf(plots.responseDistribution([trace]).html)).toContain("p99.9");
  });
});

describe("runSequence", () => {
  it("draws the extremes of a long run, loses no peak, and says so", () => {
    const starts = Array.from({ length: 20_000 }, (_, i) => i);
    const service = starts.map((i) => (i === 12_345 ? 3 : 0.5));
    const samples = { warmup: 0, start_s: starts, end_s: starts.map((start) => start + 0.5), service_s: service };
    const display = plots.runSequence([{ name: "long", samples, synthetic: false }]);
    expect(display.caption).toContain("the shortest and the longest of every 27 drawn");
    expect(display.html.length).toBeLessThan(200_000);
    expect(textsOf(display.html)).toContain("3000");
  });

  it("survives a run without samples", () => {
    expect(
      plots.runSequence([
        { name: "empty", samples: { warmup: 0, start_s: [], end_s: [], service_s: [] }, synthetic: false },
      ]).text,
    ).toContain("empty");
  });
});

describe("pictures of nothing", () => {
  it("show a workload that has no valid measurement as missing", () => {
    const fault = { kind: "failed", reason: "crashed" } as const;
    const failed: Profile = {
      ...profile,
      measurements: profile.measurements.map((row) => ({ ...row, outcome: fault })),
    };
    for (const plot of [plots.latencyByShare, plots.shareBatchMap, plots.throughputLatency]) {
      expect(plot(failed).html).not.toMatch(/NaN|Infinity/);
    }
    expect(plots.latencyByShare(failed).text).toContain("failed");
  });

  it("are drawn without failing", () => {
    const empty: Profile = { ...profile, measurements: [] };
    expect(plots.latencyByShare(empty).text).toContain("workload");
    expect(plots.responseDistribution([]).caption).toContain("intended arrival");
    expect(plots.responseBreakdown([]).text).toContain("placement");
    expect(plots.predictedMeasured({ ...input.surrogate!, fits: [] }).text).toContain("predicted");
  });
});

describe("searchProbes", () => {
  it("numbers the measurements of each workload in the order asked, and counts the failed ones", () => {
    expect(draw(displays.searchProbes.html).querySelectorAll("svg[role=img]").length).toBe(2);
    expect(textsOf(displays.searchProbes.html)).toEqual(expect.arrayContaining(["1", "2", "3", "4"]));
    expect(displays.searchProbes.caption).toContain("1 failed");
    expect(displays.searchProbes.text).toContain("the board stayed at 8 cores");
  });
});

describe("measuredFront", () => {
  it("marks the chosen mode", () => {
    expect(textsOf(displays.measuredFront.html)).toContain("chosen");
    expect(displays.measuredFront.text).toContain("8c, resnet50 batch 8");
  });
});

describe("evaluationLosses", () => {
  it("draws a panel per kind of problem, and says nothing of losses where nothing was solved", () => {
    expect(draw(displays.evaluationLosses.html).querySelectorAll("svg[role=img]").length).toBe(2);
    expect(displays.evaluationLosses.text).toMatch(/random 15\s+concurrent\s+120\s+120\s+–/);
  });
});

describe("sharedLatency", () => {
  it("puts taking turns beside unmanaged sharing, with the promise, and says where no request came", () => {
    const { text } = displays.sharedLatency;
    expect(text).toMatch(/resnet50 +taking turns, simulated, worst-case +140 ms +252 ms +280 ms +300 ms/);
    expect(text).toMatch(/unmanaged, equal speed.* 510 ms +300 ms/);
    expect(text).toMatch(/unmanaged, time slices.* – +– +– +300 ms/);
  });
});
