import { expect, test } from "vitest";
import { starvationWarnings } from "../../../packages/profiler/src/overlap/starvationWarnings.ts";

const identities = ["Conv", "Relu"].map((name) => ({ name, grid: null, block: null }));
const low = [{ name: "resnet", identities, rows: [0, 1] }];

function warned(idles: readonly number[], executions: readonly number[], dispatch = 0) {
  const predictions = { idles, executions: [executions], keys: idles.map((_, row) => row) };
  return starvationWarnings(low, { predictions, dispatch, minGap: 20_000 });
}

test("an operator longer than every gap is named, since a network ends there", () => {
  const [warning] = warned([0, 80_000, 50_000], [30_000, 90_000]);
  expect(warning).toMatchObject({ code: "fits-no-gap", where: "resnet, operator 2, Relu" });
  expect(warning!.cause).toContain("90 µs, and the longest gap 80 µs");
});

test("handing over counts, and gaps that are too short to be filled do not", () => {
  expect(warned([80_000], [30_000, 80_000])).toEqual([]);
  expect(warned([80_000], [30_000, 80_000], 1)).toHaveLength(1);
  expect(warned([19_000], [10_000, 10_000])[0]!.cause).toContain("the longest gap 0 µs");
});

test("an operator of which nothing is known fits nowhere", () => {
  expect(warned([80_000], [30_000, Number.POSITIVE_INFINITY])[0]!.cause).toContain("is not known");
});
