import { InputError, type PerSecond } from "@partitune/schema";
import { formatBytes, formatSeconds } from "../formatQuantity.ts";
import type { Card } from "./card.ts";
import type { Unservable } from "./layout.ts";
import type { PackingProblem, PieceRow, Service } from "./packingProblem.ts";
import { type KnownRates, type PackingRule, packingRules } from "./packingRules.ts";

/** A configuration that the rule admits for a service alone on a piece. */
export interface Choice {
  readonly row: PieceRow;
  /** Requests per second it safely answers. */
  readonly safeRate: PerSecond;
}

/** A service and what it may run as. */
export interface ServiceChoices {
  readonly service: Service;
  /** Requests per second that are to be covered, headroom included. */
  readonly need: PerSecond;
  /** Admitted configurations by piece, without those that cannot matter to a rule without sharing; pieces without any are absent. */
  readonly admitted: ReadonlyMap<string, readonly Choice[]>;
  /** Of each piece the configuration with the highest safe rate, by rising compute. */
  readonly best: readonly SizedChoice[];
}

export interface SizedChoice extends Choice {
  /** Position of the piece in the card's list. */
  readonly index: number;
  readonly piece: string;
  readonly compute: number;
}

/** A problem in the form that methods work on. */
export interface Choices {
  readonly problem: PackingProblem;
  readonly rule: PackingRule;
  /** Services with a rate above 0, in the problem's order. */
  readonly services: readonly ServiceChoices[];
}

export interface ChoicesOptions {
  /**
   * What a configuration costs beside its piece: those that are slower than the best of their piece are wanted too where they cost less. Under a
   * rule that covers sharing all are.
   */
  readonly cost?: (row: PieceRow) => number;
}

/**
 * What every service may run as under the problem's rule. Services without requests need no piece and are left out; so are rows that did
 * not run (rate 0) and those whose memory the piece or the card does not have.
 *
 * @throws InputError when a service or row is not usable: doubled names, a rate, deadline or batch out of range, an unknown piece or model
 */
export function toChoices(problem: PackingProblem, { cost }: ChoicesOptions = {}): Choices {
  checkServices(problem);
  checkRows(problem);
  const rule: PackingRule = packingRules[problem.rule];
  const curves = toCurves(problem);
  const services = problem.services.filter((service) => service.ratePerSecond > 0);
  const all = rule.turnResponse !== null;
  const context: ChoicesContext = { problem, rule, curves, all, known: new Map(), cost: cost ?? null };
  const alike = new Map<string, Admitted>();
  return {
    problem,
    rule,
    services: services.map((service) => {
      const key = JSON.stringify([service.model, service.deadlineSeconds, service.percentile]);
      const admitted = alike.get(key) ?? admit(service, context);
      alike.set(key, admitted);
      return { service, need: needOf(service, problem.headroom), ...admitted };
    }),
  };
}

/** Services that no piece can serve, with the reason; `pieces` limits which count. */
export function findUnservable(
  choices: Choices,
  pieces: readonly string[] = choices.problem.card.pieces.map(({ name }) => name),
): readonly Unservable[] {
  const lost = choices.services.filter(({ admitted }) => !pieces.some((piece) => admitted.has(piece)));
  return lost.map(({ service }) => unservable(choices, service, pieces));
}

function unservable({ problem, rule }: Choices, service: Service, pieces: readonly string[]): Unservable {
  const { card, rows } = problem;
  const ran = rows.filter((row) => row.model === service.model && row.ratePerSecond > 0 && pieces.includes(row.piece));
  const fitting = ran.filter((row) => fitsMemory(card, row));
  const quickest = fitting.reduce<PieceRow | null>(
    (best, row) => (best === null || row.latencySeconds < best.latencySeconds ? row : best),
    null,
  );
  const said = (reason: string) => ({
    service: service.name,
    leastLatencySeconds: quickest === null ? null : quickest.latencySeconds,
    reason: `model "${service.model}" ${reason}`,
  });
  if (ran.length === 0) return said(`was measured on none of ${pieces.join(", ")}`);
  if (quickest === null) {
    const needed = Math.min(...ran.map(({ memoryBytes }) => memoryBytes!));
    return said(`fits no piece: it needs ${formatBytes(needed)} at least, more than any piece it was measured on has`);
  }
  const { latencySeconds, piece, batch } = quickest;
  const best = rule.response === null ? latencySeconds : rule.response([latencySeconds], 0);
  return said(
    `cannot keep ${formatSeconds(service.deadlineSeconds)} under ${problem.rule}: its quickest batch takes ${formatSeconds(latencySeconds)} (batch ${batch} on ${piece}), so ${formatSeconds(best)} is the least that it can promise`,
  );
}

type Curves = ReadonlyMap<string, ReadonlyMap<string, readonly (readonly PieceRow[])[]>>;

/** Rows that ran and fit, by model, piece and processes; each list by rising batch. */
function toCurves({ rows, card }: PackingProblem): Curves {
  const usable = rows.filter((row) => row.ratePerSecond > 0 && fitsMemory(card, row)).sort((a, b) => a.batch - b.batch);
  const byModel = Map.groupBy(usable, ({ model }) => model);
  const byPiece = (own: readonly PieceRow[]) => Map.groupBy(own, ({ piece }) => piece);
  const byProcesses = (own: readonly PieceRow[]) => [...Map.groupBy(own, ({ processes }) => processes).values()];
  return new Map(
    [...byModel].map(([model, own]) => [
      model,
      new Map([...byPiece(own)].map(([piece, some]) => [piece, byProcesses(some)])),
    ]),
  );
}

/** Whether a row's memory is no more than its piece, or the card, has. */
function fitsMemory(card: Card, { piece, memoryBytes }: PieceRow): boolean {
  const own = card.pieces.find(({ name }) => name === piece)!.memoryBytes ?? card.memoryBytes;
  return own === null || (memoryBytes ?? 0) <= own;
}

/** What choices of all services rest on. */
interface ChoicesContext {
  readonly problem: PackingProblem;
  readonly rule: PackingRule;
  readonly curves: Curves;
  readonly all: boolean;
  readonly known: KnownRates;
  /** Null when only the rate counts. */
  readonly cost: ((row: PieceRow) => number) | null;
}

/** What a service may run as, which its rate has no part in. */
type Admitted = Pick<ServiceChoices, "admitted" | "best">;

function admit(service: Service, context: ChoicesContext): Admitted {
  const admitted = new Map<string, readonly Choice[]>();
  for (const [piece, own] of context.curves.get(service.model) ?? []) {
    const choices = admittedOf(service, own, context);
    if (choices.length > 0) admitted.set(piece, choices);
  }
  const best = context.problem.card.pieces.flatMap(({ name, compute }, index) => {
    const own = admitted.get(name);
    if (own === undefined) return [];
    const choice = own.reduce((most, each) => (each.safeRate > most.safeRate ? each : most));
    return [{ ...choice, index, piece: name, compute }];
  });
  return { admitted, best };
}

/** Requests per second that a service is to be given pieces for. */
export function needOf({ ratePerSecond, leastCapacity = 0 }: Service, headroom = 0): PerSecond {
  return Math.max(ratePerSecond * (1 + headroom), leastCapacity);
}

/**
 * Cheapest rows first where they have a cost, then fastest, those that leave half the deadline to waiting before the others. When not all are
 * asked for, only a row that may beat the best so far is judged.
 */
function admittedOf(
  service: Service,
  curves: readonly (readonly PieceRow[])[],
  { rule, all, known, cost }: ChoicesContext,
): readonly Choice[] {
  const rows = curves.flatMap((curve) => curve.map((row) => ({ row, curve })));
  const admitted: Choice[] = [];
  let most = 0;
  const late = (row: PieceRow) => (2 * row.latencySeconds > service.deadlineSeconds ? 1 : 0);
  const dearer = (a: PieceRow, b: PieceRow) => (cost === null ? 0 : cost(a) - cost(b));
  rows.sort((a, b) => dearer(a.row, b.row) || late(a.row) - late(b.row) || b.row.ratePerSecond - a.row.ratePerSecond);
  for (const { row, curve } of rows) {
    if (!all && row.ratePerSecond <= most) continue;
    const safeRate = rule.safeRate(row, service, curve, all ? 0 : most, known);
    if (safeRate > 0) admitted.push({ row, safeRate });
    most = Math.max(most, safeRate);
  }
  return admitted;
}

function checkServices({ services, headroom = 0, rows }: PackingProblem): void {
  const names = new Set(services.map(({ name }) => name));
  if (names.size < services.length) fail("services", "share a name", "give each service a name of its own");
  if (!(headroom >= 0 && headroom < Number.POSITIVE_INFINITY))
    fail("headroom", `is ${headroom}`, "give a part of the rate, at least 0");
  const models = new Set(rows.map(({ model }) => model));
  for (const service of services) {
    const what = `service "${service.name}"`;
    const { ratePerSecond, deadlineSeconds, percentile } = service;
    if (!(ratePerSecond >= 0 && Number.isFinite(ratePerSecond)))
      fail(what, `has the rate ${ratePerSecond}`, "give requests per second, at least 0");
    if (!(deadlineSeconds > 0 && Number.isFinite(deadlineSeconds)))
      fail(what, `has the deadline ${deadlineSeconds}`, "give seconds above 0");
    if (!(percentile > 0 && percentile < 1))
      fail(what, `has the percentile ${percentile}`, "give a part between 0 and 1, such as 0.99");
    if (!models.has(service.model))
      fail(
        what,
        `runs model "${service.model}", of which nothing was measured`,
        `measure it, or use one of: ${[...models].join(", ")}`,
      );
  }
}

function checkRows({ rows, card }: PackingProblem): void {
  const pieces = new Set(card.pieces.map(({ name }) => name));
  const seen = new Set<string>();
  for (const row of rows) {
    const what = `row of "${row.model}" on ${row.piece}, batch ${row.batch}, ${row.processes} processes,`;
    const key = JSON.stringify([row.model, row.piece, row.batch, row.processes]);
    if (!pieces.has(row.piece))
      fail(what, `names a piece that ${card.name} does not have`, `use one of: ${[...pieces].join(", ")}`);
    if (seen.has(key)) fail(what, "stands twice", "keep one row per configuration");
    const counts = [row.batch, row.processes].every((count) => Number.isInteger(count) && count > 0);
    if (!counts) fail(what, "counts no whole requests or processes", "give whole numbers, at least 1");
    if (!(row.ratePerSecond >= 0 && Number.isFinite(row.ratePerSecond)))
      fail(what, `has the rate ${row.ratePerSecond}`, "give requests per second, 0 for what did not run");
    if (row.ratePerSecond > 0 && !(row.latencySeconds > 0 && Number.isFinite(row.latencySeconds)))
      fail(what, `has the latency ${row.latencySeconds}`, "give seconds above 0");
    seen.add(key);
  }
}

function fail(what: string, problem: string, advice: string): never {
  throw new InputError({ what, problem, advice });
}
