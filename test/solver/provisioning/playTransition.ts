import type { FleetGpu, FleetStep, FleetTenant, FleetTransition, Partition } from "@partitune/schema";

/** Memory slices of an A100 that an instance covers, and where it may begin, as NVIDIA's guide lists them. */
const slots: Readonly<Record<string, { readonly size: number; readonly starts: readonly number[] }>> = {
  "1g.10gb": { size: 1, starts: [0, 1, 2, 3, 4, 5, 6] },
  "1g.20gb": { size: 2, starts: [0, 2, 4, 6] },
  "2g.20gb": { size: 2, starts: [0, 2, 4] },
  "3g.40gb": { size: 4, starts: [0, 4] },
  "4g.40gb": { size: 4, starts: [0] },
  "7g.80gb": { size: 8, starts: [0] },
};
const memorySliceBytes = 10 * 1024 ** 3;
const cardBytes = 80 * 1024 ** 3;

interface Tenant {
  readonly tenant: FleetTenant;
  drained: boolean;
}

interface Piece {
  readonly partition: Partition;
  readonly tenants: Map<string, Tenant>;
}

interface Card {
  powerMode: string;
  readonly pieces: Map<string, Piece>;
}

/**
 * Plays the steps of a transition on bare cards, with no code of the solver, and says everything that is wrong: layouts that are not legal, pieces given up
 * while somebody runs there, memory that does not suffice, services answered too little without a dip being stated, and an end that is not the
 * plan's.
 */
export function playTransition(transition: FleetTransition): readonly string[] {
  const cards = new Map(transition.before.map((gpu) => [gpu.id, toCard(gpu)]));
  const wrong: string[] = [];
  for (const [at, step] of transition.steps.entries()) {
    if (!cards.has(step.gpu)) {
      const powerMode =
        transition.after.find(({ id }) => id === step.gpu)?.powerMode ?? transition.before[0]!.powerMode;
      cards.set(step.gpu, { powerMode, pieces: new Map() });
    }
    const faults = [
      ...take(cards.get(step.gpu)!, step),
      ...wrongWithCard(cards.get(step.gpu)!),
      ...tooLittle(transition, cards, at),
    ];
    wrong.push(...faults.map((fault) => `step ${at}, ${step.action} on ${step.gpu}: ${fault}`));
    if (step.check === "" || step.rollback === "") wrong.push(`step ${at} has no words`);
  }
  return [...wrong, ...wrongEnd(transition, cards), ...wrongDips(transition)];
}

function toCard({ powerMode, pieces }: FleetGpu): Card {
  const tenantsOf = (tenants: readonly FleetTenant[]) =>
    new Map(tenants.map((tenant) => [tenant.id, { tenant, drained: false }]));
  return {
    powerMode,
    pieces: new Map(pieces.map(({ id, partition, tenants }) => [id, { partition, tenants: tenantsOf(tenants) }])),
  };
}

function take(card: Card, step: FleetStep): readonly string[] {
  if (step.action === "set-power-mode") {
    if (card.powerMode !== step.from) return [`is in mode ${card.powerMode}`];
    card.powerMode = step.to;
    return [];
  }
  if (step.action === "create") {
    if (card.pieces.has(step.piece)) return [`${step.piece} exists`];
    card.pieces.set(step.piece, { partition: step.partition, tenants: new Map() });
    return [];
  }
  const piece = card.pieces.get(step.piece);
  if (piece === undefined) return [`${step.piece} does not exist`];
  if (step.action === "destroy") {
    card.pieces.delete(step.piece);
    return piece.tenants.size > 0 ? [`${step.piece} is given up under ${[...piece.tenants.keys()]}`] : [];
  }
  if (step.action === "start") {
    if (piece.tenants.has(step.tenant.id)) return [`${step.tenant.id} runs already`];
    piece.tenants.set(step.tenant.id, { tenant: step.tenant, drained: false });
    return [];
  }
  const id = typeof step.tenant === "string" ? step.tenant : step.tenant.id;
  const own = piece.tenants.get(id);
  if (own === undefined) return [`${id} does not run`];
  if (step.action === "drain") own.drained = true;
  if (step.action === "stop") {
    piece.tenants.delete(id);
    if (!own.drained) return [`${id} is stopped with requests`];
  }
  if (step.action === "adjust") {
    piece.tenants.set(id, { tenant: step.tenant, drained: false });
    if (own.drained || own.tenant.service !== step.tenant.service || own.tenant.processes !== step.tenant.processes)
      return [`${id} cannot be adjusted`];
  }
  return [];
}

function wrongWithCard({ pieces }: Card): readonly string[] {
  const all = [...pieces.values()];
  const bytes = (some: readonly Piece[]) =>
    some
      .flatMap(({ tenants }) => [...tenants.values()])
      .reduce((sum, { tenant }) => sum + (tenant.memoryBytes ?? 0), 0);
  const wrong: string[] = [];
  const covered: number[] = [];
  let share = 0;
  for (const piece of all) {
    const { partition } = piece;
    if (partition.kind === "mig") {
      const { size, starts } = slots[partition.profile]!;
      if (!starts.includes(partition.start!)) wrong.push(`${partition.profile} at ${partition.start}`);
      covered.push(...Array.from({ length: size }, (_, i) => partition.start! + i));
      if (bytes([piece]) > size * memorySliceBytes) wrong.push(`${partition.profile} lacks memory`);
    }
    if (partition.kind === "mps-share") share += partition.share;
  }
  if (new Set(covered).size < covered.length) wrong.push("instances overlap");
  if (share > 1 + 1e-9) wrong.push(`gives ${share} away`);
  if (new Set(all.map(({ partition }) => partition.kind)).size > 1) wrong.push("is cut in two ways");
  if (bytes(all) > cardBytes) wrong.push("lacks memory");
  return wrong;
}

function tooLittle({ services, allowedLoss, dips }: FleetTransition, cards: ReadonlyMap<string, Card>, at: number) {
  const capacity = new Map<string, number>();
  for (const { pieces } of cards.values()) {
    for (const { tenants } of pieces.values()) {
      for (const { tenant, drained } of tenants.values()) {
        const more = drained ? 0 : tenant.capacityPerSecond;
        capacity.set(tenant.service, (capacity.get(tenant.service) ?? 0) + more);
      }
    }
  }
  return services.flatMap(({ name, ratePerSecond }) => {
    const missing = ratePerSecond * (1 - allowedLoss) - (capacity.get(name) ?? 0);
    const stated = dips.find((dip) => dip.service === name && dip.from <= at && at < dip.to)?.missingPerSecond ?? 0;
    return missing > stated * (1 + 1e-6) + 1e-6 * (1 + ratePerSecond)
      ? [`${name} lacks ${missing}/s, ${stated}/s stated`]
      : [];
  });
}

function wrongEnd({ after }: FleetTransition, cards: ReadonlyMap<string, Card>): readonly string[] {
  const toText = (
    id: string,
    powerMode: string,
    pieces: readonly (readonly [string, Partition, readonly FleetTenant[]])[],
  ) =>
    pieces
      .map(([piece, partition, tenants]) =>
        JSON.stringify([id, powerMode, piece, partition, tenants.toSorted((a, b) => (a.id < b.id ? -1 : 1))]),
      )
      .sort();
  const reached = [...cards].flatMap(([id, { powerMode, pieces }]) =>
    toText(
      id,
      powerMode,
      [...pieces].map(([piece, { partition, tenants }]) => [
        piece,
        partition,
        [...tenants.values()].map((each) => each.tenant),
      ]),
    ),
  );
  const wanted = after.flatMap(({ id, powerMode, pieces }) =>
    toText(
      id,
      powerMode,
      pieces.map((piece) => [piece.id, piece.partition, piece.tenants]),
    ),
  );
  return JSON.stringify(reached.sort()) === JSON.stringify(wanted.sort()) ? [] : ["the end is not the new plan"];
}

/** Dips that are stated lie within the steps and say how long they last. */
function wrongDips({ dips, steps, seconds, criticalSeconds }: FleetTransition): readonly string[] {
  const sum = (from: number, to: number) => steps.slice(from, to + 1).reduce((all, step) => all + step.seconds, 0);
  const wrong = dips.filter(({ from, to, seconds: lasts }) => from > to || Math.abs(sum(from, to) - lasts) > 1e-6);
  return [
    ...wrong.map(({ service }) => `the dip of ${service} lasts as long as something else`),
    ...(Math.abs(sum(0, steps.length) - seconds) > 1e-6 ? ["the steps take another time"] : []),
    ...(criticalSeconds > seconds + 1e-6 ? ["the critical path is longer than all steps"] : []),
  ];
}
