import type { Choices } from "./choices.ts";
import { type OpenGpu, placeFirst, toLayout } from "./fleet.ts";
import type { Layout } from "./layout.ts";
import { fullLoad } from "./saturate.ts";

/**
 * Gives the room that a layout leaves on so many cards to whoever has least to spare, piece by piece, the piece that answers most first.
 *
 * @param choices  of the problem that the layout is for
 */
export function fillRoom(choices: Choices, layout: Layout, gpus: number): Layout {
  const { card } = choices.problem;
  const open = layout.gpus.map(
    ({ pieces }): OpenGpu => ({
      pieces: pieces.map(({ piece, start, tenants }) => ({ piece, start, load: { tenants, demands: [] } })),
    }),
  );
  while (open.length < gpus) open.push({ pieces: [] });
  for (;;) {
    const capacity = capacities(open);
    const ratio = ({ service, need }: Choices["services"][number]) => (capacity.get(service.name) ?? 0) / need;
    const scarce = choices.services.toSorted((a, b) => ratio(a) - ratio(b));
    const placed = scarce.some((own) =>
      own.best
        .toSorted((a, b) => b.safeRate - a.safeRate)
        .some((choice) => placeFirst(card, open, choice.piece, fullLoad(choice, own))),
    );
    if (!placed) return toLayout(card, open);
  }
}

function capacities(gpus: readonly OpenGpu[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  const tenants = gpus.flatMap(({ pieces }) => pieces.flatMap(({ load }) => load.tenants));
  for (const { service, ratePerSecond } of tenants) sums.set(service, (sums.get(service) ?? 0) + ratePerSecond);
  return sums;
}
