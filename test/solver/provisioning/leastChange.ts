import type { Card, PackingProblem, RunningGpu, SizedChoice } from "@partitune/solver";
import { toChoices } from "@partitune/solver";

/** What one card may look like afterwards, what that answers, and what it costs to get there. */
interface Option {
  readonly used: boolean;
  /** Requests per second of each service, in the problem's order. */
  readonly answers: readonly number[];
  readonly cost: number;
}

interface Cut {
  readonly piece: string;
  readonly start: number;
  readonly service: number;
}

/** Costs of changes, written down once more, so that the judge has them from nobody. */
const costs = { restart: 3, destroy: 4, replace: 6, create: 12, gpu: 40 };

/**
 * The fewest cards, and with so few the least cost of a change, by trying every cut of every card with every service on every piece. Two cards
 * at most, each service in its best configuration.
 */
export function leastChange(problem: PackingProblem, running: readonly RunningGpu[]): { gpus: number; cost: number } {
  const { services } = toChoices(problem);
  const best = services.map((own) => own.best);
  const names = services.map(({ service }) => service.name);
  const positional = problem.card.starts([], problem.card.pieces[0]!.name).length > 1;
  const cuts = allCuts(problem.card, best);
  const cards = [...running, ...Array.from({ length: 2 - running.length }, (_, i) => ({ id: `new${i}`, pieces: [] }))];
  const options = cards.map((gpu) =>
    cuts.map((cut): Option => {
      const answers = best.map((own, s) =>
        cut.reduce(
          (sum, each) => sum + (each.service === s ? own.find(({ piece }) => piece === each.piece)!.safeRate : 0),
          0,
        ),
      );
      return { used: cut.length > 0, answers, cost: costOf(gpu, cut, names, positional) };
    }),
  );
  let [gpus, cost] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const a of options[0]!) {
    for (const b of options[1]!) {
      const used = Number(a.used) + Number(b.used);
      if (used > gpus || (used === gpus && a.cost + b.cost >= cost)) continue;
      if (services.some(({ need }, s) => a.answers[s]! + b.answers[s]! < need * (1 - 1e-9))) continue;
      [gpus, cost] = [used, a.cost + b.cost];
    }
  }
  return { gpus, cost };
}

/** Every set of pieces a card holds, with every service that runs on each. */
function allCuts(card: Card, best: readonly (readonly SizedChoice[])[]): readonly (readonly Cut[])[] {
  const kinds = card.pieces.flatMap(({ name }) =>
    card
      .starts([], name)
      .flatMap((start) =>
        best.flatMap((own, service) =>
          own.some(({ piece }) => piece === name) ? [{ piece: name, start, service }] : [],
        ),
      ),
  );
  const found: (readonly Cut[])[] = [];
  const visit = (placed: readonly Cut[], from: number) => {
    found.push(placed);
    for (let k = from; k < kinds.length; k += 1) {
      const { piece, start } = kinds[k]!;
      if (card.starts(placed, piece).includes(start)) visit([...placed, kinds[k]!], k);
    }
  };
  visit([], 0);
  return found;
}

/** The cheapest way to make the old pieces into the new ones, over all ways to say which becomes which. */
function costOf(gpu: RunningGpu, cut: readonly Cut[], names: readonly string[], positional: boolean): number {
  const first = gpu.pieces.length === 0 && cut.length > 0 ? costs.gpu : 0;
  const old = gpu.pieces.map(({ piece, start, tenants }) => ({ piece, start, service: tenants[0]!.service }));
  const match = (i: number, left: readonly Cut[]): number => {
    const was = old[i];
    if (was === undefined) return costs.create * left.length;
    let least = costs.destroy + match(i + 1, left);
    for (const [k, next] of left.entries()) {
      const same = was.piece === next.piece && was.start === next.start;
      const keeps = was.service === names[next.service];
      const step = same ? (keeps ? 0 : costs.replace) : !positional && keeps ? costs.restart : null;
      if (step !== null) least = Math.min(least, step + match(i + 1, left.toSpliced(k, 1)));
    }
    return least;
  };
  return first + match(0, cut);
}
