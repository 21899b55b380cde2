import type { Watts } from "@partitune/schema";
import type { Observation, ProbeOutcome, Strategy } from "./strategies/strategy.ts";

/** Measures one mode of the grid: on a device, from a table, by a model. It throws only when the search cannot go on. */
export type MeasureMode = (
  mode: readonly number[],
  index: number,
  signal: AbortSignal | undefined,
) => ProbeOutcome | Promise<ProbeOutcome>;

/** One measurement of a search. */
export interface Probe {
  /** Row of the grid. */
  readonly index: number;
  /** Why the strategy asked for it. */
  readonly reason: string;
  readonly outcome: ProbeOutcome;
}

/** How a search is watched and stopped. */
export interface SearchOptions {
  /** Called after every probe with all probes so far, so that none is lost when a later one fails. */
  readonly onProbe?: (probe: Probe, probes: readonly Probe[]) => void;
  /** Ends the search before the next probe; what was measured is kept and answers. */
  readonly signal?: AbortSignal;
}

/** What a search found; `probes` are in the order asked. */
export type SearchResult =
  | { readonly status: "feasible"; readonly choice: Observation; readonly probes: readonly Probe[] }
  | {
      /** `infeasible`: every mode was measured over the budget, failed, or takes more power than one over it. `unknown`: some were not tried. */
      readonly status: "infeasible" | "unknown";
      /** The measured mode of least power; `null` when none could be measured. */
      readonly leastPower: Observation | null;
      /** Power by which the budget would have to grow for it. */
      readonly missingWatts: Watts | null;
      readonly probes: readonly Probe[];
    };

/**
 * Lets a strategy search: measures what it asks for until it asks no more, and returns the fastest mode measured within the budget, or
 * the mode of least power and what is missing for it.
 *
 * @throws InputError when a time or power measured is not a finite number above 0; whatever `measure` throws
 * @example await search(strategies.gmd({ grid, budgetWatts: 20, probes: 15, random }), (mode) => measureOnBoard(mode))
 */
export async function search(
  strategy: Strategy,
  measure: MeasureMode,
  options: SearchOptions = {},
): Promise<SearchResult> {
  const { modes } = strategy.input.grid;
  const probes: Probe[] = [];
  while (options.signal?.aborted !== true) {
    const proposal = strategy.ask();
    if (proposal === null) break;
    const { index, reason } = proposal;
    const outcome = await measure(modes[index]!, index, options.signal);
    strategy.tell(index, outcome);
    const probe = { index, reason, outcome };
    probes.push(probe);
    options.onProbe?.(probe, probes);
  }
  return conclude(strategy, probes);
}

function conclude(strategy: Strategy, probes: readonly Probe[]): SearchResult {
  const observations = strategy.observations();
  const best = strategy.best();
  const choice = observations.find(({ index }) => index === best);
  if (choice !== undefined) return { status: "feasible", choice, probes };
  const leastPower = observations.reduce<Observation | null>(
    (least, observation) => (least === null || observation.powerWatts < least.powerWatts ? observation : least),
    null,
  );
  return {
    status: strategy.candidates() === 0 ? "infeasible" : "unknown",
    leastPower,
    missingWatts: leastPower === null ? null : leastPower.powerWatts - strategy.input.budgetWatts,
    probes,
  };
}
