import { kaist, type Layout, type LayoutPiece, type PackingProblem } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { checkLayout } from "./checkLayout.ts";
import { mig, randomProblem, tenths } from "./fixtures.ts";

function layoutOf(problem: PackingProblem): Layout {
  const packing = kaist(problem);
  if (packing.status !== "packed") throw new Error("a service is lost");
  return packing.layout;
}

function withFirst(layout: Layout, change: (piece: LayoutPiece) => LayoutPiece): Layout {
  const [gpu, ...rest] = layout.gpus;
  const [piece, ...others] = gpu!.pieces;
  return { ...layout, gpus: [{ pieces: [change(piece!), ...others] }, ...rest] };
}

describe("the checker finds", () => {
  const problem = randomProblem(3, mig, "half-slo");
  const layout = layoutOf(problem);
  const faults = (changed: Layout) => checkLayout(problem, changed).join("; ");

  test("nothing wrong with a good layout", () => {
    expect(faults(layout)).toBe("");
  });

  test("a piece that begins where it must not", () => {
    const two = { ...layout.gpus[0]!.pieces[0]!, piece: "2g", start: 1 };
    expect(faults({ ...layout, gpus: [...layout.gpus, { pieces: [two] }] })).toContain("2g at 1");
  });

  test("pieces that overlap", () => {
    const piece = layout.gpus[0]!.pieces[0]!;
    expect(faults({ ...layout, gpus: [...layout.gpus, { pieces: [piece, piece] }] })).toContain("overlap");
  });

  test("a service whose rate is not covered", () => {
    expect(faults({ ...layout, gpus: [] })).toContain("is not covered");
  });

  test("a promise beyond what was measured", () => {
    const boast = withFirst(layout, (piece) => ({
      ...piece,
      tenants: piece.tenants.map((tenant) => ({ ...tenant, ratePerSecond: 2 * tenant.ratePerSecond })),
    }));
    expect(faults(boast)).toContain("is promised");
  });

  test("a batch that was never measured, and a latency that was not", () => {
    const change = (patch: object) =>
      withFirst(layout, (piece) => ({ ...piece, tenants: piece.tenants.map((tenant) => ({ ...tenant, ...patch })) }));
    expect(faults(change({ batch: 3 }))).toContain("never measured");
    expect(faults(change({ latencySeconds: 1e-6 }))).toContain("another latency");
  });

  test("a deadline that is missed", () => {
    const services = problem.services.map((service) => ({
      ...service,
      deadlineSeconds: service.deadlineSeconds / 100,
    }));
    expect(checkLayout({ ...problem, services }, layout).join()).toContain("is late");
  });

  test("shares of more than 100 %", () => {
    const shares = randomProblem(3, tenths, "half-slo");
    const { gpus, card } = layoutOf(shares);
    const piled = { card, gpus: [{ pieces: Array.from({ length: 20 }, () => gpus[0]!.pieces).flat() }] };
    expect(checkLayout(shares, piled).join()).toMatch(/gives \d+ %/);
  });

  test("memory that the card does not have", () => {
    const rows = problem.rows.map((row) => ({ ...row, memoryBytes: 4e9 }));
    const roomy = { ...problem, rows };
    const small = { ...roomy, card: { ...mig, memoryBytes: 1e9 } };
    expect(checkLayout(small, layoutOf(roomy)).join()).toContain("lacks memory");
  });
});
