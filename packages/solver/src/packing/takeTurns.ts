import type { PerSecond } from "@partitune/schema";
import type { Choice, Choices, ServiceChoices } from "./choices.ts";
import type { Tenant } from "./layout.ts";
import { rateTolerance } from "./rateTolerance.ts";

/** A service that is to get part of a piece's time, and the requests per second it needs there. */
export interface TurnDemand {
  readonly choices: ServiceChoices;
  readonly rate: PerSecond;
}

/**
 * Configurations with which services take turns on one piece, such that each has the rate it needs and keeps its deadline: each turn runs
 * one batch of every process, and the cycle is the sum of the turns. Of all that do, those that leave the piece idle most.
 *
 * For every length of time in which one of the batches gathers, each tenant takes the quickest batch that holds what gathers for it; no other
 * batches could do when none of these do, unless memory binds.
 *
 * @returns tenants in the order of the demands; null when none do, or when the rule does not cover sharing and there are several
 * @see Nexus (Shen et al., SOSP 2019): squishy bin packing. There the cycle is as long as gathering a batch takes; here it is as short as
 * the turns allow, which keeps every deadline that the longer cycle keeps and answers at least as much.
 */
export function takeTurns(
  { rule, problem: { card } }: Choices,
  piece: string,
  demands: readonly TurnDemand[],
): readonly Tenant[] | null {
  if (demands.length === 1) return aloneOn(piece, demands[0]!);
  const respond = rule.turnResponse;
  if (respond === null) return null;
  const memory = card.pieces.find(({ name }) => name === piece)!.memoryBytes ?? card.memoryBytes;
  const options = demands.map(({ choices }) => choices.admitted.get(piece) ?? []);
  const gatherings = demands.flatMap(({ rate }, i) => options[i]!.map((choice) => answersOf(choice) / rate));
  let [best, bestUse]: [readonly Choice[] | null, number] = [null, 1 + rateTolerance];
  for (const gathering of new Set(gatherings)) {
    const picked = demands.map(({ rate }, i) => quickest(options[i]!, rate * gathering));
    if (!picked.every((choice) => choice !== null)) continue;
    const turns = picked.map(({ row }) => row.latencySeconds);
    const use = turns.reduce((sum, turn) => sum + turn, 0) / gathering;
    const late = demands.some(({ choices }, i) => respond(turns, i) > choices.service.deadlineSeconds);
    const bytes = picked.reduce((sum, { row }) => sum + (row.memoryBytes ?? 0), 0);
    if (use < bestUse && !late && bytes <= (memory ?? bytes)) [best, bestUse] = [picked, use];
  }
  return best === null ? null : toTenants(best, demands);
}

/** The quickest configuration that answers at least so many requests in one turn; null when none does. */
export function quickest(choices: readonly Choice[], requests: number): Choice | null {
  let best: Choice | null = null;
  for (const choice of choices) {
    if (answersOf(choice) < requests * (1 - rateTolerance)) continue;
    if (best === null || choice.row.latencySeconds < best.row.latencySeconds) best = choice;
  }
  return best;
}

/** The configuration with the highest safe rate for a service that has a piece to itself. */
function aloneOn(piece: string, { choices, rate }: TurnDemand): readonly Tenant[] | null {
  const choice = choices.best.find((each) => each.piece === piece);
  return choice !== undefined && choice.safeRate >= rate ? [toTenant(choice, choices)] : null;
}

export function toTenant({ row, safeRate }: Choice, { service }: ServiceChoices): Tenant {
  return {
    service: service.name,
    batch: row.batch,
    processes: row.processes,
    latencySeconds: row.latencySeconds,
    ratePerSecond: safeRate,
    memoryBytes: row.memoryBytes,
    powerWatts: row.powerWatts,
  };
}

function toTenants(picked: readonly Choice[], demands: readonly TurnDemand[]): readonly Tenant[] {
  const cycle = picked.reduce((sum, { row }) => sum + row.latencySeconds, 0);
  return picked.map((choice, i) => ({
    ...toTenant(choice, demands[i]!.choices),
    ratePerSecond: answersOf(choice) / cycle,
  }));
}

/** Requests answered in one turn. */
export function answersOf({ row }: Choice): number {
  return row.ratePerSecond * row.latencySeconds;
}
