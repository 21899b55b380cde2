import type { Measurement } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import { aggregate } from "../../packages/surrogate/src/aggregate.ts";
import { profileOf, shares } from "./fixtures/profileOf.ts";

const small = { partitions: shares(0.5, 1), batches: [1, 2], rounds: 2 };
const whenFirstRound = (change: (row: Measurement) => Measurement) => (row: Measurement) =>
  row.point.round === 0 ? change(row) : row;

describe("aggregate", () => {
  it("groups rounds by configuration", () => {
    const [table] = aggregate(profileOf(small));
    expect(table?.configurations.map(({ rows }) => rows.length)).toEqual([2, 2, 2, 2]);
    expect(table?.skipped).toEqual({});
  });

  it("is not changed by the order of the rows", () => {
    const profile = profileOf(small);
    const reversed = aggregate({ ...profile, measurements: profile.measurements.toReversed() });
    expect(reversed[0]?.configurations.map(({ config }) => config)).toEqual(
      aggregate(profile)[0]?.configurations.map(({ config }) => config),
    );
  });

  it("counts what may not be fitted, by reason", () => {
    const reasons: readonly [string, (row: Measurement) => Measurement][] = [
      ["throttled", (row) => ({ ...row, flags: ["unsteady", "throttled"] })],
      ["failed", (row) => ({ ...row, outcome: { kind: "failed", reason: "crashed" } })],
      ["measured beside neighbours", (row) => ({ ...row, point: { ...row.point, neighbours: [row.point.config] } })],
      [
        "measured with several processes",
        (row) => ({ ...row, point: { ...row.point, config: { ...row.point.config, processes: 2 } } }),
      ],
      [
        "measured under another load than one batch in flight",
        (row) => ({ ...row, point: { ...row.point, load: { kind: "poisson", ratePerSecond: 3 } } }),
      ],
    ];
    for (const [reason, change] of reasons) {
      const [table] = aggregate(profileOf({ ...small, row: whenFirstRound(change) }));
      expect(table?.skipped).toEqual({ [reason]: 4 });
      expect(table?.configurations.map(({ rows }) => rows.length)).toEqual([1, 1, 1, 1]);
    }
  });

  it("keeps flagged rows that are still valid", () => {
    const [table] = aggregate(profileOf({ ...small, row: (row) => ({ ...row, flags: ["imprecise", "drifted"] }) }));
    expect(table?.configurations.map(({ rows }) => rows.length)).toEqual([2, 2, 2, 2]);
  });

  it("lists configurations that cannot run apart, since that is a result", () => {
    const [table] = aggregate(
      profileOf({
        ...small,
        row: (row) =>
          row.point.config.batch === 2 ? { ...row, outcome: { kind: "infeasible", reason: "out of memory" } } : row,
      }),
    );
    expect(table?.infeasible.map(({ batch }) => batch)).toEqual([2, 2]);
    expect(table?.configurations).toHaveLength(2);
    expect(table?.skipped).toEqual({});
  });
});
