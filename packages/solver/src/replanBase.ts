import { type ChangeCosts, tenantCost } from "./changeCost.ts";
import type { Choices, ServiceChoices } from "./packing/choices.ts";
import type { Tenant } from "./packing/layout.ts";
import type { PieceRow } from "./packing/packingProblem.ts";
import { answersOf, toTenant } from "./packing/takeTurns.ts";
import type { RunningGpu, RunningPiece } from "./runningLayout.ts";

/** A running piece, and what can go on there under the new demands. */
export interface BasePiece {
  readonly running: RunningPiece;
  /** Tenants that may go on, with what they safely answer now; none when nobody may. */
  readonly tenants: readonly Tenant[];
  /** What it costs to make them of those that run. */
  readonly cost: number;
}

export interface BaseGpu {
  readonly id: string;
  readonly pieces: readonly BasePiece[];
}

/**
 * What of a running fleet can go on as it is, judged by the rule and the rows of the new problem: tenants of services that are gone leave, and
 * one whose configuration is no longer safe gets the best one of the same piece.
 */
export function toBase(choices: Choices, running: readonly RunningGpu[], costs: ChangeCosts): readonly BaseGpu[] {
  const services = new Map(choices.services.map((own) => [own.service.name, own]));
  const rows = Map.groupBy(choices.problem.rows, ({ model, piece }) => JSON.stringify([model, piece]));
  const curveOf = (own: ServiceChoices, piece: string, processes: number) =>
    (rows.get(JSON.stringify([own.service.model, piece])) ?? [])
      .filter((row) => row.processes === processes && row.ratePerSecond > 0)
      .sort((a, b) => a.batch - b.batch);
  const goOn = ({ piece, tenants }: RunningPiece): readonly Tenant[] => {
    const wanted = tenants.flatMap(({ service, batch, processes }) => {
      const own = services.get(service);
      if (own === undefined) return [];
      const curve = curveOf(own, piece, processes);
      return [{ own, curve, row: curve.find((row) => row.batch === batch) }];
    });
    if (wanted.length === 1) return alone(choices, piece, wanted[0]!);
    return together(choices, piece, wanted);
  };
  return running.map(({ id, pieces }) => ({
    id,
    pieces: pieces.map((piece) => {
      const tenants = goOn(piece);
      return { running: piece, tenants, cost: tenantCost(piece.tenants, tenants, costs) };
    }),
  }));
}

interface Wanted {
  readonly own: ServiceChoices;
  /** Rows of its model, piece and processes, by rising batch. */
  readonly curve: readonly PieceRow[];
  /** The one it runs as; absent when nothing is known of it. */
  readonly row: PieceRow | undefined;
}

/** As it runs, if that is safe; else in the best configuration of the piece, if there is one. */
function alone({ rule, problem: { card } }: Choices, piece: string, { own, curve, row }: Wanted): readonly Tenant[] {
  if (row !== undefined && fits([row], memoryOf(card, piece))) {
    const known = own.admitted.get(piece)?.find((choice) => choice.row === row);
    const safeRate = known?.safeRate ?? rule.safeRate(row, own.service, curve);
    if (safeRate > 0) return [toTenant({ row, safeRate }, own)];
  }
  const best = own.best.find((choice) => choice.piece === piece);
  return best === undefined ? [] : [toTenant(best, own)];
}

/** In turns as they run, if all keep their deadlines; else nobody. */
function together({ rule, problem: { card } }: Choices, piece: string, wanted: readonly Wanted[]): readonly Tenant[] {
  const respond = rule.turnResponse;
  const rows = wanted.flatMap(({ row }) => row ?? []);
  if (respond === null || rows.length < wanted.length || !fits(rows, memoryOf(card, piece))) return [];
  const turns = rows.map(({ latencySeconds }) => latencySeconds);
  if (wanted.some(({ own }, i) => respond(turns, i) > own.service.deadlineSeconds)) return [];
  const cycle = turns.reduce((sum, turn) => sum + turn, 0);
  return wanted.map(({ own }, i) => {
    const choice = { row: rows[i]!, safeRate: rows[i]!.ratePerSecond };
    return { ...toTenant(choice, own), ratePerSecond: answersOf(choice) / cycle };
  });
}

function memoryOf(card: Choices["problem"]["card"], piece: string): number {
  const own = card.pieces.find(({ name }) => name === piece)?.memoryBytes;
  return own ?? card.memoryBytes ?? Number.POSITIVE_INFINITY;
}

function fits(rows: readonly PieceRow[], memory: number): boolean {
  return rows.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0) <= memory;
}
