import type { ProblemAnswer } from "./problems/answerProblem.ts";
import type { ModeRun, RunOutcome, Strategy } from "./strategies/strategy.ts";

/** Measures one run: on a device, from a table, by a model. It throws only when the search cannot go on. */
export type MeasureRun = (run: ModeRun, signal: AbortSignal | undefined) => RunOutcome | Promise<RunOutcome>;

/** One measurement of a search. */
export interface Probe {
  readonly run: ModeRun;
  /** Why the strategy asked for it. */
  readonly reason: string;
  readonly outcome: RunOutcome;
}

/** How a search is watched and stopped. */
export interface SearchOptions {
  /** Called after every probe with all probes so far, so that none is lost when a later one fails. */
  readonly onProbe?: (probe: Probe, probes: readonly Probe[]) => void;
  /** Ends the search; what was measured is kept and answers, and a measurement that it cuts short is not. */
  readonly signal?: AbortSignal;
}

/** What a search found. */
export interface SearchResult {
  /**
   * `infeasible`: whatever may keep the limits was measured and does not, or failed, or is ruled out. `unknown`: some was not tried.
   * `idle`: nothing is asked for.
   */
  readonly status: "feasible" | "infeasible" | "unknown" | "idle";
  /** The exact answer over what was measured: the best choice, or the one that misses least and by how much. */
  readonly answer: ProblemAnswer;
  /** In the order asked. */
  readonly probes: readonly Probe[];
}

/**
 * Lets a strategy search: measures what it asks for until it asks no more, and returns the best choice of what was measured, or the one
 * that misses the limits least.
 *
 * @throws InputError when a time or power measured is not a finite number above 0; whatever `measure` throws
 * @example await search(strategies.gmd({ grid, problem, probes: 15, random }), (run) => measureOnBoard(run))
 */
export async function search(
  strategy: Strategy,
  measure: MeasureRun,
  options: SearchOptions = {},
): Promise<SearchResult> {
  const probes: Probe[] = [];
  while (options.signal?.aborted !== true) {
    const proposal = strategy.ask();
    if (proposal === null) break;
    const { run, reason } = proposal;
    const outcome = await measureUnlessStopped(measure, run, options.signal);
    if (outcome === null) break;
    strategy.tell(run, outcome);
    const probe = { run, reason, outcome };
    probes.push(probe);
    options.onProbe?.(probe, probes);
  }
  const answer = strategy.answer();
  return { status: statusOf(answer, strategy), answer, probes };
}

/** Null when the signal ended the measurement. */
async function measureUnlessStopped(
  measure: MeasureRun,
  run: ModeRun,
  signal: AbortSignal | undefined,
): Promise<RunOutcome | null> {
  try {
    return await measure(run, signal);
  } catch (error) {
    if (signal?.aborted === true) return null;
    throw error;
  }
}

function statusOf({ status }: ProblemAnswer, strategy: Strategy): SearchResult["status"] {
  if (status === "idle") return "idle";
  if (status === "optimal") return "feasible";
  return strategy.candidates() === 0 ? "infeasible" : "unknown";
}
