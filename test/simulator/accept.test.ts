import { describe, expect, it } from "vitest";
import { accept } from "../../packages/simulator/src/index.ts";
import { responsePromise, type TestPlacement, testPlan, throughputPromise } from "./testPlan.ts";

const placement = (workload: string, ratePerSecond: number): TestPlacement => ({
  workload,
  service: [0.01],
  ratePerSecond,
});

describe("accepting a plan", () => {
  it("says yes when every promise is kept on the search seeds", () => {
    const plan = testPlan(
      [placement("a", 30), placement("b", 50)],
      [responsePromise("a", 0.05), responsePromise("b", 0.05), throughputPromise("b", 50)],
    );
    expect(accept(plan)).toBe(true);
  });

  it("names the workloads at fault, each once, and why", () => {
    const plan = testPlan(
      [placement("a", 30), placement("b", 120)],
      [responsePromise("a", 0.05), responsePromise("b", 0.05), throughputPromise("b", 120)],
    );
    const answer = accept(plan);
    expect(answer).toMatchObject({ reject: ["b"] });
    expect(answer !== true && answer.reason).toMatch(
      /^"b": .*; "b": simulated throughput 100\/s, promised at least 120\/s/,
    );
  });

  it("rejects what it cannot decide", () => {
    const plan = testPlan([placement("a", 50)], [responsePromise("a", 0.05)]);
    expect(accept(plan, { requests: 200 })).toMatchObject({ reject: ["a"] });
  });

  it("rejects a full batch that the fill time alone makes late", () => {
    // 8 requests at 20/s take 7/20 = 0.35 s to gather, which a formula of service time and throughput does not see.
    const patient: TestPlacement = {
      workload: "a",
      service: [0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.09],
      maxDelaySeconds: 1,
      ratePerSecond: 20,
    };
    expect(accept(testPlan([patient], [responsePromise("a", 0.25)]))).toMatchObject({ reject: ["a"] });
    expect(accept(testPlan([{ ...patient, maxDelaySeconds: 0 }], [responsePromise("a", 0.25)]))).toBe(true);
  });

  it("has no opinion on limits of the device", () => {
    const share = {
      id: "share",
      subject: "bench",
      metric: "share_fraction",
      percentile: null,
      relation: "at-most",
      target: 0.5,
      predicted: null,
    } as const;
    expect(accept(testPlan([placement("a", 30)], [share]))).toBe(true);
  });
});
