import { renderReport } from "@partitune/report";
import { describe, expect, it } from "vitest";
import { syntheticInput } from "./syntheticInput.ts";

const input = syntheticInput();

describe("renderReport", () => {
  const page = renderReport(input);

  it("gives the same page for the same files", () => {
    expect(renderReport(syntheticInput())).toBe(page);
  });

  it("stays below 2 MB", () => {
    expect(Buffer.byteLength(page)).toBeLessThan(2e6);
  });

  it("answers first: verdicts, what the default takes, how good the plan is, on what the judgement rests", () => {
    const answer = page.slice(page.indexOf('id="answer"'), page.indexOf('id="plan"'));
    expect(answer).toContain("of 7 promises 5 kept, 1 broken, 1 undecided");
    expect(answer).toMatch(/In the default configuration .* devices busy/);
    expect(answer).toContain("proved the best there is");
    expect(answer).toContain("simulated on 8 fresh seeds that no search has seen");
    expect(answer).toContain("Synthetic data.");
  });

  it("puts every hash, definition and warning with its advice on the page", () => {
    expect(page).toContain("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
    expect(page).toContain("high-water mark of the resident memory");
    expect(page).toContain("let the device cool down and resume");
  });

  it("leaves out what it was not given and names the command that would add it", () => {
    const bare = renderReport({ title: "Nothing yet" });
    expect(bare).toContain("There is no plan yet.");
    for (const command of ["profile", "fit", "solve", "solve --front", "verify", "simulate", "verify --live"]) {
      expect(bare).toContain(`<code>partitune ${command}</code>`);
    }
    expect(bare).not.toContain("<svg");
  });

  it.each(["profile", "surrogate", "fronts", "plan", "report", "traces", "runs"] as const)(
    "is complete with only the %s",
    (part) => {
      const some = renderReport({ title: "Part", [part]: part === "traces" ? input.report!.traces : input[part] });
      expect(some).toContain("</html>");
      expect(some).not.toMatch(/NaN|undefined/);
    },
  );

  it.each([
    ["fleetPlan", /^\s*3 GPUs; proved that fewer do not suffice. For 5 services: its promises are not judged yet/],
    ["fleetReport", /of 5 promises 3 kept, 1 broken, 1 undecided/],
    ["fleetTraces", /^\d+ requests for 5 services of a fleet in 1 simulated run/],
    ["schedules", /2 to 9 cards over 4 periods/],
    ["transitions", /8 steps in 40 s: 3 tenants of \d+ and 3 pieces change/],
    ["comparisons", /3 services under 4 ways of sharing, simulated for 500 s\.$/],
    ["interferences", /Interference is modelled as constant/],
  ] as const)("is complete with only the %s, and its headline says what that is", (part, headline) => {
    const some = renderReport({ title: "Part", [part]: input[part] });
    expect(/<p class="headline">([^<]*)</.exec(some)![1]).toMatch(headline);
    expect(some).toContain("<svg");
    expect(some).not.toMatch(/NaN|undefined/);
    expect(some).toContain("Synthetic data.");
    for (const [, id] of some.matchAll(/<a href="#([^"]+)"/g)) expect(some).toContain(`<section id="${id}"`);
  });

  it("says of a fleet by which method and rule it was found, what was assumed, and what its words mean", () => {
    const { fleetPlan, fleetReport } = input;
    const fleet = renderReport({ title: "Fleet", fleetPlan, fleetReport });
    expect(fleet).toContain("Found by column-generation; the bound of 3 is reached, so no plan is better.");
    expect(fleet).toContain("taken to slow each other down by a factor of 1.09");
    expect(fleet).toContain("Promises were judged by simulation on 4 fresh seeds");
    expect(fleet).toContain("Words about fleets");
    expect(fleet).toContain("interference-assumed");
    expect(fleet).toContain("<code>partitune compare</code>");
    expect(fleet).not.toContain("<code>partitune fit</code>");
  });

  it("sums a comparison up by its last phase: the longest p99, the largest deviation and the fewest requests in time", () => {
    const page = renderReport({ title: "Comparison", comparisons: input.comparisons });
    const table = page.slice(page.indexOf("The last phase at a glance"), page.indexOf("Latency over time"));
    const cells = [...table.matchAll(/<(?:th scope="row"|td)[^>]*>(?:<span>)?([^<]*)/g)].map(([, cell]) => cell);
    expect(cells.slice(0, 5)).toEqual(["pieces of the plan", "9.88 ms", "380 µs", "100 %", "0"]);
    expect(cells.slice(10, 15)).toEqual(["one card, kernels take turns", "34.2 ms", "6.65 ms", "100 %", "0"]);
  });

  it("puts broken promises first", () => {
    const fleet = renderReport({ title: "Fleet", fleetPlan: input.fleetPlan, fleetReport: input.fleetReport });
    const table = fleet.slice(fleet.indexOf("Promise by promise"));
    const verdicts = [...table.matchAll(/<strong class="(kept|broken|undecided)">/g)].map(([, verdict]) => verdict);
    expect(verdicts).toEqual(["broken", "undecided", "kept", "kept", "kept"]);
  });

  it("is complete without each of its parts", () => {
    for (const part of Object.keys(input)) {
      if (part !== "title") expect(renderReport({ ...input, [part]: undefined })).toContain("</html>");
    }
  });

  it("lets no name become markup", () => {
    const hostile = renderReport(
      syntheticInput(["<script>alert(1)</script>", '"><img src=x onerror=alert(2)>', "</style>&amp;'"]),
    );
    expect(hostile).not.toMatch(/<script|<img|<\/style>&amp;'/);
    expect(hostile).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  });
});
