import type { PerSecond, Seconds } from "@partitune/schema";
import { type Choice, type Choices, findUnservable, type ServiceChoices, toChoices } from "./choices.ts";
import { type OpenGpu, placeOnNew, toLayout } from "./fleet.ts";
import type { Packing, Tenant } from "./layout.ts";
import type { PackingProblem } from "./packingProblem.ts";
import { fullLoad, saturate } from "./saturate.ts";
import { answersOf, quickest, toTenant } from "./takeTurns.ts";

/** Services whose batches run one after the other, once per duty cycle. */
interface Session {
  readonly dutySeconds: Seconds;
  readonly members: readonly Member[];
}

interface Member {
  readonly own: ServiceChoices;
  readonly rate: PerSecond;
  readonly choice: Choice;
}

/**
 * Nexus's squishy bin packing on whole cards: cards filled by one service each, then the rests, by falling occupancy, each merged into the
 * card that it fills best. A merge runs at the shorter duty cycle, with the batches that gather in it, rounded up to measured ones.
 *
 * Under a rule that does not cover sharing no rests are merged.
 *
 * @see Shen et al., "Nexus: A GPU Cluster Engine for Accelerating DNN-Based Video Analysis", SOSP 2019, section 6.1
 */
export function nexus(problem: PackingProblem): Packing {
  const choices = toChoices(problem);
  const whole = problem.card.pieces.at(-1)!.name;
  const lost = findUnservable(choices, [whole]);
  if (lost.length > 0) return { status: "unservable", services: lost };
  const gpus: OpenGpu[] = [];
  const rests: Session[] = [];
  for (const own of choices.services) {
    const choice = own.best.find(({ piece }) => piece === whole)!;
    const { full, rest } = saturate(own.need, choice.safeRate);
    for (let i = 0; i < full; i += 1) placeOnNew(problem.card, gpus, whole, fullLoad(choice, own));
    if (rest === 0) continue;
    const session = residual(own, rest, whole);
    if (session === null) placeOnNew(problem.card, gpus, whole, fullLoad(choice, own));
    else rests.push(session);
  }
  for (const session of mergeAll(choices, rests, whole)) {
    placeOnNew(problem.card, gpus, whole, { tenants: toTenants(choices, session), demands: [] });
  }
  return { status: "packed", layout: toLayout(problem.card, gpus) };
}

/** The largest batch that gathers and runs before the deadline; null when none keeps up with the rate. */
function residual(own: ServiceChoices, rate: PerSecond, whole: string): Session | null {
  const deadline = own.service.deadlineSeconds;
  const inTime = own.admitted.get(whole)!.filter((choice) => {
    const gather = answersOf(choice) / rate;
    const { latencySeconds } = choice.row;
    return latencySeconds + gather <= deadline * (1 + 1e-12) && latencySeconds <= gather;
  });
  const choice = inTime.reduce<Choice | null>(
    (most, each) => (most === null || answersOf(each) > answersOf(most) ? each : most),
    null,
  );
  return choice && { dutySeconds: answersOf(choice) / rate, members: [{ own, rate, choice }] };
}

/** Sessions merged by best fit: each into the one that it fills most, never beyond the duty cycle. */
function mergeAll(choices: Choices, rests: readonly Session[], whole: string): readonly Session[] {
  const merged: Session[] = [];
  for (const rest of rests.toSorted((a, b) => occupancy(b) - occupancy(a))) {
    let [at, most]: [number, Session | null] = [-1, null];
    for (const [i, session] of merged.entries()) {
      const both = mergeTwo(choices, session, rest, whole);
      if (both !== null && (most === null || occupancy(both) > occupancy(most))) [at, most] = [i, both];
    }
    if (most === null) merged.push(rest);
    else merged[at] = most;
  }
  return merged;
}

function mergeTwo(choices: Choices, a: Session, b: Session, whole: string): Session | null {
  const respond = choices.rule.turnResponse;
  if (respond === null) return null;
  const dutySeconds = Math.min(a.dutySeconds, b.dutySeconds);
  const members: Member[] = [];
  for (const member of [...a.members, ...b.members]) {
    const choice = quickest(member.own.admitted.get(whole)!, member.rate * dutySeconds);
    if (choice === null) return null;
    members.push({ ...member, choice });
  }
  const both = { dutySeconds, members };
  if (occupancy(both) > 1 + 1e-12 || !sharesMemory(choices, members)) return null;
  const turns = members.map(({ choice }) => choice.row.latencySeconds);
  const late = members.some(({ own }, i) => respond(turns, i) > own.service.deadlineSeconds);
  return late ? null : both;
}

function sharesMemory({ problem: { card } }: Choices, members: readonly Member[]): boolean {
  const used = members.reduce((sum, { choice }) => sum + (choice.row.memoryBytes ?? 0), 0);
  return used <= (card.pieces.at(-1)!.memoryBytes ?? card.memoryBytes ?? used);
}

function occupancy({ members, dutySeconds }: Session): number {
  return members.reduce((sum, { choice }) => sum + choice.row.latencySeconds, 0) / dutySeconds;
}

/** Tenants take turns without pause, which answers at least what the duty cycle does; one alone runs its best configuration. */
function toTenants(choices: Choices, { members }: Session): readonly Tenant[] {
  const cycle = members.reduce((sum, { choice }) => sum + choice.row.latencySeconds, 0);
  return members.map(({ own, choice }) => ({
    ...toTenant(choice, own),
    ratePerSecond: choices.rule.turnResponse === null ? choice.safeRate : answersOf(choice) / cycle,
  }));
}
