import { type CandidateJudgement, excessSum } from "../../problems/judgeOf.ts";
import { roundingTolerance } from "../../problems/within.ts";
import type { Candidate, Ledger } from "../ledger.ts";
import type { Outlook } from "./outlook.ts";
import { ceilingOf, priceOf, type ScanRule } from "./scanRule.ts";
import { boundOf, type CandidateNumbers, leastCostOf, leastMissOf, type Terms } from "./terms.ts";

/** Where a scan looks. */
export interface Scanned {
  readonly ledger: Ledger;
  readonly outlook: Outlook;
  readonly terms: Terms;
  /** What a judged candidate costs, given its bound. */
  cost(judgement: CandidateJudgement, bound: number): number;
  /** What times in a mode are multiplied by. */
  paceOf(mode: number): number;
}

/** A candidate and its price. */
export interface PricedCandidate extends Candidate {
  readonly price: number;
}

/**
 * Finds the candidate of the lowest price. First by prices as low as they could be, then by judging those that could be lower than the
 * price of the one found so: a few, as the first is seldom far off.
 *
 * @returns null when none is wanted
 */
export function scan(modes: readonly number[], rule: ScanRule, scanned: Scanned): PricedCandidate | null {
  const { outlook, cost, paceOf } = scanned;
  const judged = ({ mode, combination, bound, surcharge }: Prospect) => {
    const judgement = outlook.judge(mode, combination, paceOf(mode));
    return priceOf(rule, excessSum(judgement), cost(judgement, bound), surcharge);
  };
  const likely = cheapest(modes, rule, scanned, null, null);
  if (likely === null) return null;
  const price = judged(likely);
  if (price <= likely.price + roundingTolerance) return { ...likely, price }; // no other can be lower
  return cheapest(modes, rule, scanned, price < Number.POSITIVE_INFINITY ? { ...likely, price } : null, judged);
}

/** A candidate before it is judged. */
interface Prospect extends PricedCandidate {
  readonly bound: number;
  readonly surcharge: number;
}

/** The state of one way through all candidates. Numbers stay in arrays until a candidate is judged, as most are passed over. */
interface Sweep {
  readonly rule: ScanRule;
  readonly scanned: Scanned;
  readonly leastHope: number;
  readonly perWatt: number;
  /** The price of a candidate; null: by what it misses and costs at least. */
  readonly judged: ((prospect: Prospect) => number) | null;
  /** Of the candidate looked at. */
  readonly numbers: CandidateNumbers;
  /** Of the mode looked at. */
  surcharge: number;
  pace: number;
  best: Prospect | null;
  price: number;
  expPrice: number;
}

/**
 * The candidate of the lowest price, the first of equals.
 *
 * @param start  the one to beat
 */
function cheapest(
  modes: readonly number[],
  rule: ScanRule,
  scanned: Scanned,
  start: Prospect | null,
  judged: Sweep["judged"],
): Prospect | null {
  const price = start?.price ?? Number.POSITIVE_INFINITY;
  const sweep: Sweep = {
    rule,
    scanned,
    leastHope: scanned.ledger.leastHope(),
    perWatt: 1 / scanned.outlook.peakWatts,
    judged,
    numbers: { training: 0, first: 0, second: 0, powerExcess: 0 },
    surcharge: 0,
    pace: 1,
    best: start,
    price,
    expPrice: Math.exp(price),
  };
  const batches = scanned.outlook.first.count;
  for (let m = 0; m < modes.length; m++) {
    const mode = modes[m]!;
    if (!isWorthALook(sweep, mode)) continue;
    for (let batch = 0; batch < batches; batch++) sweepBatch(sweep, mode, batch);
  }
  return sweep.best;
}

/** Whether a mode may hold a lower price, by its least powers and its training; looks at times only where powers allow. */
function isWorthALook(sweep: Sweep, mode: number): boolean {
  const { rule, numbers, perWatt } = sweep;
  const { terms, outlook, paceOf } = sweep.scanned;
  const { training, first, second } = outlook;
  sweep.surcharge = rule.surcharges[mode]! * rule.surchargeWeight;
  training.lookAtPower(mode);
  const trainingWatts = training.watts[mode]!;
  if (ceiling(sweep, Math.max(0, trainingWatts * perWatt - 1)) < 0) return false;
  first.forecast.lookAtPower(mode);
  second.forecast.lookAtPower(mode);
  const watts = Math.max(trainingWatts, first.forecast.leastWatts[mode]!, second.forecast.leastWatts[mode]!);
  numbers.powerExcess = watts * perWatt - 1;
  const highest = ceiling(sweep, Math.max(0, numbers.powerExcess));
  if (highest < 0) return false;
  sweep.pace = paceOf(mode);
  training.lookAtTime(mode);
  numbers.training = training.seconds[mode]! * sweep.pace;
  numbers.first = 0;
  numbers.second = 0;
  // the first combination has the smallest minibatches, for which latencies wait least
  if (boundOf(terms, 0, numbers) > highest) return false;
  first.forecast.lookAtTime(mode);
  second.forecast.lookAtTime(mode);
  if (terms.cost !== "latency") return true;
  numbers.first = first.forecast.leastSeconds[mode]! * sweep.pace;
  numbers.second = second.forecast.leastSeconds[mode]! * sweep.pace;
  return boundOf(terms, 0, numbers) <= highest;
}

/** Goes through the candidates with one minibatch of the first workload, unless it costs or misses too much whatever is beside it. */
function sweepBatch(sweep: Sweep, mode: number, batch: number): void {
  const { numbers, perWatt, pace } = sweep;
  const { terms, ledger, outlook } = sweep.scanned;
  const { training, first, second } = outlook;
  const start = batch * second.count;
  const candidates = mode * first.count * second.count;
  if (!hasHope(ledger.hope, candidates + start, second.count, sweep.leastHope)) return;
  const i = mode * first.count + batch;
  const excess = Math.max(training.watts[mode]!, first.forecast.watts[i]!) * perWatt - 1;
  numbers.first = first.forecast.seconds[i]! * pace;
  numbers.second = terms.cost === "latency" ? second.forecast.leastSeconds[mode]! * pace : 0;
  numbers.powerExcess = excess;
  if (boundOf(terms, start, numbers) > ceiling(sweep, Math.max(0, excess))) return;
  numbers.second = 0;
  const highest = ceiling(sweep, leastMissOf(terms, start, numbers));
  if (highest < 0) return;
  for (let b = 0; b < second.count; b++) {
    if (ledger.hope[candidates + start + b]! < sweep.leastHope) continue;
    const j = mode * second.count + b;
    numbers.second = second.forecast.seconds[j]! * pace;
    numbers.powerExcess = Math.max(excess, second.forecast.watts[j]! * perWatt - 1);
    const bound = boundOf(terms, start + b, numbers);
    if (bound <= highest) price(sweep, mode, start + b, bound);
  }
}

/** Takes a candidate when its price is lower. */
function price(sweep: Sweep, mode: number, combination: number, bound: number): void {
  const { rule, numbers, surcharge, judged } = sweep;
  const { terms } = sweep.scanned;
  const miss = leastMissOf(terms, combination, numbers);
  if (bound > ceiling(sweep, miss)) return;
  const least = priceOf(rule, miss, leastCostOf(terms, combination, numbers, bound), surcharge);
  if (least >= sweep.price) return;
  const prospect = { mode, combination, bound, surcharge, price: least };
  const found = judged === null ? least : judged(prospect);
  if (found >= sweep.price) return;
  sweep.best = { ...prospect, price: found };
  sweep.price = found;
  sweep.expPrice = Math.exp(found);
}

function ceiling({ rule, surcharge, price, expPrice }: Sweep, miss: number): number {
  return ceilingOf(rule, miss, surcharge, price, expPrice);
}

/** Whether there is hope for any of some candidates that follow each other. */
function hasHope(hope: Uint8Array, from: number, length: number, least: number): boolean {
  for (let candidate = from; candidate < from + length; candidate++) if (hope[candidate]! >= least) return true;
  return false;
}
