import type { Layout, LayoutGpu, LayoutPiece, PackingProblem, Tenant } from "@partitune/solver";

/** First memory slices that NVIDIA's guide allows each size on a GPU of eight memory slices, and the slices it covers. */
const migStarts: Readonly<Record<string, readonly number[]>> = {
  "1g": [0, 1, 2, 3, 4, 5, 6],
  "2g": [0, 2, 4],
  "3g": [0, 4],
  "4g": [0],
  "7g": [0],
};
const migSlices: Readonly<Record<string, number>> = { "1g": 1, "2g": 2, "3g": 4, "4g": 4, "7g": 8 };

/** Slack of sums, relative. */
const slack = 1e-6;

/**
 * Everything that is wrong with a layout, judged from the problem alone, with no code of the solver: pieces that are not legal, tenants that
 * were never measured or are promised more than they can answer, deadlines and rates that the stated rule says are missed.
 */
export function checkLayout(problem: PackingProblem, layout: Layout): readonly string[] {
  const wrong = layout.gpus.flatMap((gpu, g) => wrongWithGpu(problem, gpu).map((fault) => `GPU ${g}: ${fault}`));
  const tenants = layout.gpus.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.tenants));
  const missing = problem.services.filter(({ name, ratePerSecond }) => {
    const total = tenants.filter(({ service }) => service === name).reduce((sum, each) => sum + each.ratePerSecond, 0);
    return total < ratePerSecond * (1 + (problem.headroom ?? 0)) * (1 - slack);
  });
  return [...wrong, ...missing.map(({ name }) => `service ${name} is not covered`)];
}

function wrongWithGpu(problem: PackingProblem, { pieces }: LayoutGpu): readonly string[] {
  const wrong = pieces.flatMap((piece) => wrongWithPiece(problem, piece));
  if (pieces.length === 0) wrong.push("is empty");
  if (pieces[0]?.piece.endsWith("%")) {
    const total = pieces.reduce((sum, { piece }) => sum + Number(piece.slice(0, -1)), 0);
    if (total > 100) wrong.push(`gives ${total} %`);
  } else {
    const covered = pieces.flatMap(({ piece, start }) =>
      Array.from({ length: migSlices[piece]! }, (_, i) => start + i),
    );
    if (new Set(covered).size < covered.length) wrong.push("has pieces that overlap");
    wrong.push(
      ...pieces.filter(({ piece, start }) => !migStarts[piece]!.includes(start)).map((p) => `${p.piece} at ${p.start}`),
    );
  }
  const used = pieces.flatMap(({ tenants }) => tenants).reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
  if (problem.card.memoryBytes !== null && used > problem.card.memoryBytes) wrong.push("lacks memory");
  return wrong;
}

function wrongWithPiece(problem: PackingProblem, { piece, tenants }: LayoutPiece): string[] {
  if (tenants.length === 0) return [`${piece} has no tenant`];
  const cycle = tenants.reduce((sum, { latencySeconds }) => sum + latencySeconds, 0);
  const wrong = tenants.flatMap((tenant) => {
    const service = problem.services.find(({ name }) => name === tenant.service)!;
    const row = problem.rows.find(
      (each) =>
        each.model === service.model &&
        each.piece === piece &&
        each.batch === tenant.batch &&
        each.processes === tenant.processes,
    );
    if (row === undefined) return [`${service.name} on ${piece} was never measured`];
    const faults: string[] = [];
    if (Math.abs(row.latencySeconds / tenant.latencySeconds - 1) > slack)
      faults.push(`${service.name} states another latency`);
    const most = (row.ratePerSecond * row.latencySeconds) / cycle;
    if (tenant.ratePerSecond > most * (1 + slack))
      faults.push(`${service.name} is promised ${tenant.ratePerSecond} of ${most}`);
    if (!keepsDeadline(problem.rule, tenant, tenants.length, cycle, service.deadlineSeconds))
      faults.push(`${service.name} is late`);
    return faults;
  });
  const memory = problem.card.pieces.find(({ name }) => name === piece)?.memoryBytes ?? null;
  const used = tenants.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
  return memory !== null && used > memory ? [...wrong, `${piece} lacks memory`] : wrong;
}

function keepsDeadline(
  rule: PackingProblem["rule"],
  { latencySeconds }: Tenant,
  tenants: number,
  cycle: number,
  deadlineSeconds: number,
): boolean {
  const limit = deadlineSeconds * (1 + slack);
  if (rule === "duty-own") return cycle + latencySeconds <= limit;
  if (rule === "duty-sum") return 2 * cycle <= limit;
  if (tenants > 1) return false;
  if (rule === "half-slo") return latencySeconds <= limit / 2;
  if (rule === "parva-0.45") return latencySeconds < 0.45 * deadlineSeconds;
  return latencySeconds <= limit;
}
