import { sobol } from "@partitune/numerics";
import { centreOf } from "../centreOf.ts";
import type { CandidateProposal } from "../defineStrategy.ts";
import { geometryOf } from "../gridGeometry.ts";
import type { Ledger } from "../ledger.ts";
import { nearestMode } from "../nearestMode.ts";
import type { StrategyInput } from "../strategy.ts";

/**
 * First candidates of searches that know nothing: the centre of the grid, then modes and minibatches spread evenly, one more than there
 * are dimensions.
 *
 * @returns a function that proposes the next open one, or null when it has proposed all
 */
export function spreadOut({ grid, random }: StrategyInput, ledger: Ledger): () => CandidateProposal | null {
  const { levels } = geometryOf(grid);
  const nearest = nearestMode(grid);
  const lists = [...levels, ...ledger.jobs.served.map(({ batches }) => batches)];
  const shares = sobol(lists.length, lists.length, { shift: random });
  const pick = (list: readonly number[], share: number) => list[Math.floor(share * list.length)]!;
  const spread = Array.from({ length: lists.length }, (_, i) =>
    lists.map((list, d) => pick(list, shares[i * lists.length + d]!)),
  );
  const centre = [...centreOf(grid), ...ledger.jobs.served.map(({ batches }) => pick(batches, 0.5))];
  const plan = [centre, ...spread];
  let next = 0;
  return () => {
    if (next >= plan.length || ledger.modesMeasured.size + ledger.modesFailed.size >= plan.length) return null;
    const wanted = plan[next++]!;
    const open = ledger.openCandidates();
    const count = ledger.combinations.length;
    const batches = wanted.slice(levels.length).join();
    const preferred = open.filter((candidate) => ledger.combinations[candidate % count]!.join() === batches);
    const candidates = preferred.length > 0 ? preferred : open;
    const modes = candidates.map((candidate) => Math.floor(candidate / count));
    const mode = nearest(wanted.slice(0, levels.length), modes);
    const combination = candidates[modes.indexOf(mode)]! % count;
    return { mode, combination, reason: next === 1 ? "the centre" : "spread over the grid" };
  };
}
