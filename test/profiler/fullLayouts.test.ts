import { syntheticA100, syntheticDevice } from "@partitune/profiler";
import { formatPartition, parsePartition } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { fullLayouts, multisets } from "../../packages/profiler/src/fullLayouts.ts";

function layouts(texts: readonly string[], size: number, device = syntheticA100): readonly string[] {
  return fullLayouts(texts.map(parsePartition), size, device).map((layout) => layout.map(formatPartition).join(" "));
}

const shares = ["mps-share:0.3", "mps-share:0.5", "mps-share:0.7"];

describe("fullLayouts", () => {
  test("keeps layouts of which no piece could be larger", () => {
    expect(layouts(shares, 2)).toEqual(["mps-share:0.3 mps-share:0.7", "mps-share:0.5 mps-share:0.5"]);
    expect(layouts(shares, 3)).toEqual(["mps-share:0.3 mps-share:0.3 mps-share:0.3"]);
    expect(layouts(["cpu-share:0.25", "cpu-share:0.5", "cpu-share:1"], 3, syntheticDevice)).toEqual([
      "cpu-share:0.25 cpu-share:0.25 cpu-share:0.5",
    ]);
  });

  test("goes by what the card allows, not by sums", () => {
    // Two of 4g have 8 of 7 compute slices; 3g beside 3g leaves none for 4g to grow into but its own.
    expect(layouts(["mig:3g.40gb", "mig:4g.40gb"], 2)).toEqual(["mig:3g.40gb mig:4g.40gb"]);
    expect(layouts(["mig:3g.40gb", "mps-share:0.5"], 2)).not.toContain("mig:3g.40gb mps-share:0.5");
  });

  test("does not bind a core twice", () => {
    expect(layouts(["core-set:0", "core-set:1", "core-set:0+1"], 2, { ...syntheticDevice, cores: 2 })).toEqual([
      "core-set:0 core-set:1",
    ]);
  });

  test("takes the whole device by turns only where nothing else is given", () => {
    expect(layouts(["whole"], 2)).toEqual(["whole whole"]);
    expect(layouts(["whole", "mps-share:0.5"], 2)).toEqual(["mps-share:0.5 mps-share:0.5"]);
  });

  test("is empty where so many do not fit, and lists nothing twice", () => {
    expect(layouts(["mps-share:0.6"], 2)).toEqual([]);
    expect(layouts(["mps-share:0.5", "mps-share:0.5"], 2)).toEqual(["mps-share:0.5 mps-share:0.5"]);
  });
});

test("multisets of k of n items are C(n + k − 1, k)", () => {
  expect(multisets(["a", "b"], 2)).toEqual([
    ["a", "a"],
    ["a", "b"],
    ["b", "b"],
  ]);
  expect(multisets([1, 2, 3, 4, 5], 3)).toHaveLength(35);
});
