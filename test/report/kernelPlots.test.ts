import { plots, renderReport } from "@partitune/report";
import { kernelTrace } from "@partitune/schema";
import fc from "fast-check";
import { JSDOM } from "jsdom";
import { describe, expect, it } from "vitest";
import { kernelStretches } from "../../packages/report/src/kernelStretches.ts";
import { levelShowing, zoomLevels } from "../../packages/report/src/zoomLevels.ts";
import {
  syntheticFillPlan,
  syntheticKernelProfile,
  syntheticKernelSharing,
  syntheticKernelTrace,
  syntheticResponseTimes,
  syntheticSchedulability,
} from "./syntheticKernels.ts";

interface Mark {
  readonly textContent: string;
  readonly id: string;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): ArrayLike<Mark>;
}

function select(html: string, selector: string): readonly Mark[] {
  const document = new JSDOM(html).window.document as unknown as Mark;
  return Array.from(document.querySelectorAll(selector));
}

const hostile = ["<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "a name & so long ".repeat(11)];
const trace = syntheticKernelTrace({ task: "detector", steps: 3, operations: 40, gaps: [5_000, 200_000] });
const percent = (mark: Mark, name: string) => Number(mark.getAttribute(name)!.replace("%", ""));

describe("kernelStretches", () => {
  const step = fc.array(fc.tuple(fc.nat(1000), fc.nat(50)), { minLength: 1, maxLength: 60 }).map((rows) => ({
    identities: rows.map((_, i) => i % 3),
    durations: rows.map(([duration]) => duration),
    idles: rows.map(([, idle], i) => (i === rows.length - 1 ? 0 : idle)),
    idleKinds: rows.map(([, idle], i) => (i === rows.length - 1 || idle === 0 ? 0 : 1)),
  }));

  it("gives every operation a box where there is room, with its own beginning and end", () => {
    fc.assert(
      fc.property(step, (own) => {
        const { stretches, gaps, span, joined } = kernelStretches(own, 60);
        expect(joined).toBe(0);
        expect(stretches.map(({ start, end }) => end - start)).toEqual(own.durations);
        expect(gaps.map(({ start, end }) => end - start)).toEqual(own.idles.filter((idle) => idle > 0));
        expect(span).toBe([...own.durations, ...own.idles].reduce((sum, ns) => sum + ns, 0));
      }),
    );
  });

  it("never draws more boxes than asked for, and leaves no operation out", () => {
    fc.assert(
      fc.property(step, fc.integer({ min: 1, max: 60 }), (own, most) => {
        const { stretches, gaps, joined } = kernelStretches(own, most);
        expect(stretches.length).toBeLessThanOrEqual(most);
        expect(stretches.reduce((sum, { operations }) => sum + operations, 0)).toBe(own.durations.length);
        for (const { start, end } of gaps) if (own.durations.length > most) expect(end - start).toBeGreaterThan(joined);
      }),
    );
  });

  it("joins over the shortest gaps first, and names what takes most of the time", () => {
    const { stretches, joined } = kernelStretches(
      { identities: [0, 1, 2], durations: [10, 30, 5], idles: [1, 9, 0], idleKinds: [1, 1, 0] },
      2,
    );
    expect(joined).toBe(1);
    expect(stretches).toEqual([
      { start: 0, end: 41, operations: 2, identity: 1 },
      { start: 50, end: 55, operations: 1, identity: 2 },
    ]);
  });
});

describe("zoomLevels", () => {
  it("goes as far as narrow boxes need, and no further", () => {
    expect(zoomLevels(10)).toEqual([1]);
    expect(zoomLevels(2)).toEqual([1, 4]);
    expect(zoomLevels(0.1)).toEqual([1, 4, 16, 64]);
    expect(zoomLevels(0)).toEqual([1, 4, 16, 64, 256]);
  });

  it("finds the first level at which something is wide enough", () => {
    expect(levelShowing([1, 4, 16], 10, 30)).toBe(4);
    expect(levelShowing([1, 4, 16], 1, 30)).toBeNull();
  });
});

describe("kernelTimeline", () => {
  it("draws every operation and every gap where and as long as it was", () => {
    const { html } = plots.kernelTimeline(trace, { step: 1 });
    const { durations, idles } = trace.steps[1]!;
    const span = [...durations, ...idles].reduce((sum, ns) => sum + ns, 0);
    const boxes = select(html, "rect.kernel");
    expect(boxes).toHaveLength(40);
    let now = 0;
    for (const [row, box] of boxes.entries()) {
      expect(percent(box, "x")).toBeCloseTo((100 * now) / span, 3);
      expect(percent(box, "width")).toBeCloseTo((100 * durations[row]!) / span, 3);
      now += durations[row]! + idles[row]!;
    }
    expect(select(html, "rect.gap")).toHaveLength(idles.filter((idle) => idle > 0).length);
  });

  it("marks as worth filling what is long enough and has nothing launched", () => {
    const { idles, idleKinds } = trace.steps.at(-1)!;
    const expected = idles.filter((idle, row) => idle >= 60_000 && idleKinds[row] === 1).length;
    const { html } = plots.kernelTimeline(trace, { step: 2, minGap: 60_000 });
    expect(expected).toBeGreaterThan(0);
    expect(select(html, "rect.fillable")).toHaveLength(expected);
  });

  it("draws a step as long as most where none is named", () => {
    const spans = trace.steps.map(({ durations, idles }) => [...durations, ...idles].reduce((sum, ns) => sum + ns, 0));
    const middle = spans.toSorted((a, b) => a - b)[1]!;
    expect(plots.kernelTimeline(trace).title).toContain(`step ${spans.indexOf(middle) + 1} of`);
  });

  it("zooms by radio buttons in a form of its own, without script and without ids", () => {
    const many = syntheticKernelTrace({ task: "many", steps: 1, operations: 400, gaps: [5_000, 200_000] });
    const { html } = plots.kernelTimeline(many);
    const choices = select(html, "form.zoom-pane input[type=radio]").map((mark) => mark.getAttribute("class"));
    expect(choices).toEqual(["to-1", "to-4", "to-16"]);
    expect(select(html, "script")).toHaveLength(0);
    expect(select(html, "[id]")).toHaveLength(0);
    expect(select(html, "style")[0]!.textContent).toContain(".zoom-pane:has(.to-4:checked) .zoom-view>svg{width:400%");
  });

  it("leads to the longest gaps where it is given an anchor", () => {
    const { html, text } = plots.kernelTimeline(trace, { step: 2, anchor: "kernels-1" });
    const links = select(html, ".gap-links a");
    expect(links).toHaveLength(8);
    const ids = new Set(select(html, "rect.gap[id]").map(({ id }) => `#${id}`));
    for (const link of links) expect(ids).toContain(link.getAttribute("href"));
    const longest = Math.max(...trace.steps.at(-1)!.idles);
    expect(text).toContain(`${Number((longest / 1000).toPrecision(3))} µs`);
  });

  it("says when operations are drawn together, and draws at most 4,000 boxes", () => {
    const large = syntheticKernelTrace({ task: "large", steps: 1, operations: 20_000, gaps: [1_000, 90_000] });
    const { html, caption } = plots.kernelTimeline(large);
    expect(select(html, "rect.kernel").length).toBeLessThanOrEqual(4000);
    expect(caption).toMatch(/20000 operations .* Operations with at most .* in between are drawn as one/);
  });

  it("says that gaps are not known where the format has execution times only", () => {
    const blind = kernelTrace.parse({ ...trace, gapsKnown: false });
    expect(plots.kernelTimeline(blind).caption).toContain("execution times only");
  });
});

describe("kernelGaps", () => {
  it("holds all idle time of a step, each gap in one bin and one class", () => {
    const { text, caption } = plots.kernelGaps(trace, 60_000);
    const total = trace.steps.flatMap(({ idles }) => idles).reduce((sum, idle) => sum + idle, 0) / 3;
    expect(caption).toContain(`Of ${Number((total / 1e3).toPrecision(3))} µs idle time in a step`);
    const counts = text
      .split("\n")
      .slice(2)
      .map((line) => Number(line.trim().split(/ {2,}/u)[2]));
    const gaps = trace.steps.flatMap(({ idles }) => idles.filter((idle) => idle > 0)).length / 3;
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeCloseTo(gaps, 1);
    for (const words of ["worth filling", "too short", "but waiting"]) expect(text).toContain(words);
  });

  it("draws a device that never waits", () => {
    const busy = syntheticKernelTrace({ task: "busy", steps: 1, operations: 5, gaps: [0, 0] });
    expect(plots.kernelGaps(busy).caption).toContain("Of 0 idle time in a step");
  });
});

describe("kernelSharingBars and kernelFillFront", () => {
  const sharing = syntheticKernelSharing();

  it("shows stream priorities beside filling, with what is left to the others", () => {
    const { html, text } = plots.kernelSharingBars([sharing]);
    const labels = select(html, "svg text").map(({ textContent }) => textContent);
    expect(labels).toEqual(
      expect.arrayContaining(["stream priorities", "gaps filled", "3.6×", "3.99×", "0.22", "0.08"]),
    );
    expect(text).toMatch(/stream priorities +110 ms +3.6× +1.1× +0.22 +20 ms +10 ms/);
  });

  it("draws every pair of quantiles, efficient ones apart, and calls none the right one", () => {
    const { html, text, caption } = plots.kernelFillFront(sharing);
    const [pairs] = select(html, "svg[aria-label$=quantiles]");
    expect(pairs!.querySelectorAll("g[aria-label=dot] > *")).toHaveLength(3);
    expect(
      text
        .split("\n")
        .slice(2)
        .map((line) => line.split(/ +/u).at(-1)),
    ).toEqual(["yes", "yes", "no"]);
    expect(`${caption}${text}`).not.toMatch(/best|optimal|recommended/);
  });
});

describe("responseTimeBars and schedulabilityCurves", () => {
  it("draws bounds over deadlines, and no bar for what has no deadline or is not known", () => {
    const { html, text } = plots.responseTimeBars([syntheticResponseTimes("gcaps-suspend")]);
    const widths = select(html, "g[aria-label=bar] rect").map((mark) => Number(mark.getAttribute("width")));
    expect(widths[1]! / widths[0]!).toBeCloseTo(1.25 / 0.8, 1);
    expect(widths.slice(2)).toEqual([0, 0]);
    for (const words of ["80 ms", "over 250 ms", "not known", "no deadline"]) expect(text).toContain(words);
  });

  it("says which analyses are not proved", () => {
    const { html, caption } = plots.responseTimeBars([syntheticResponseTimes("host-gap")]);
    expect(html).toContain("host-gap (simulated, not proved): not schedulable");
    expect(caption).toContain("rest on simulation");
    expect(plots.responseTimeBars([syntheticResponseTimes("gcaps-busy")]).caption).not.toContain("rest on simulation");
  });

  it("draws a curve with its interval for every analysis", () => {
    const { html, text, caption } = plots.schedulabilityCurves(syntheticSchedulability());
    expect(select(html, "g[aria-label=line] path")).toHaveLength(2);
    expect(select(html, "g[aria-label=area] path")).toHaveLength(2);
    expect(text).toMatch(/0.3 +80 % \[75, 85\] +20 % \[15, 25\]/);
    expect(caption).toContain("Synthetic: 200 random task sets a point");
    expect(caption).toContain("tasks per core 3 to 6");
  });
});

describe("a page about kernels and deadlines", () => {
  const page = (names = ["detector", "translator"]) =>
    renderReport({
      title: "Kernels",
      kernelTraces: [
        syntheticKernelTrace({ task: names[0]!, steps: 3, operations: 40, gaps: [5_000, 200_000], names }),
      ],
      kernelProfiles: [syntheticKernelProfile("nothing-to-gain", names[0])],
      kernelSharings: [syntheticKernelSharing(names[0], names[1])],
      kernelFillPlans: [syntheticFillPlan(names[0], names[1])],
      responseTimes: [syntheticResponseTimes("gcaps-suspend", names[0]), syntheticResponseTimes("host-gap", names[0])],
      schedulabilities: [syntheticSchedulability()],
    });

  it("has a section for each of them, reached from the contents", () => {
    const html = page();
    const ids = [
      "kernel-profile-1",
      "kernels-1",
      "kernel-sharing",
      "fill-plan-1",
      "response-times-1",
      "schedulability-1",
    ];
    for (const id of ids) {
      expect(select(html, `section#${id}`), id).toHaveLength(1);
      expect(select(html, `nav a[href="#${id}"]`), id).toHaveLength(1);
    }
  });

  it("says that nothing is to be gained where that is so, and that data is synthetic", () => {
    const html = page();
    expect(select(html, "#kernel-profile-1 .headline")[0]!.textContent).toContain("nothing to gain");
    expect(select(html, "#answer .notice")[0]!.textContent).toContain("Synthetic data");
  });

  it("answers with what there is, and says which command would add the rest", () => {
    const html = renderReport({ title: "One", kernelProfiles: [syntheticKernelProfile("worthwhile")] });
    expect(select(html, "#answer .headline")[0]!.textContent).toBe(
      "detector: worth filling, gaps hold so much of a step.",
    );
    const missing = select(html, "#missing code").map(({ textContent }) => textContent);
    expect(missing).toContain("partitune kernels simulate");
    expect(missing).not.toContain("partitune profile");
  });

  it("gives task sets of different files sections of their own", () => {
    const other = { ...syntheticResponseTimes("gcaps-busy"), made: made("b".repeat(64)) };
    const html = renderReport({ title: "Two", responseTimes: [syntheticResponseTimes("gcaps-busy"), other] });
    expect(select(html, "section[id^=response-times]")).toHaveLength(2);
  });

  it("shows hostile names as text", () => {
    const html = page(hostile);
    expect(select(html, "script, img")).toHaveLength(0);
    expect(select(html, "#kernels-1 h2")[0]!.textContent).toContain(hostile[0]);
  });

  it("has no id twice", () => {
    const ids = select(page(), "[id]").map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

function made(sha256: string) {
  return { tool: "partitune 0.1.0", at: "2026-01-01T00:00:00Z", seed: null, inputs: [{ name: "other.json", sha256 }] };
}
