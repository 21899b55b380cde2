import type { World } from "./fleetWorld.ts";
import { lossOf } from "./performAct.ts";
import type { Act } from "./transitionActs.ts";

/** Slack of sums of capacities, relative. */
const slack = 1e-9;

/** Requests per second that services lack once these acts are done, over those that they need. */
export function shortage(
  world: World,
  floors: ReadonlyMap<string, number>,
  acts: readonly Act[],
): ReadonlyMap<string, number> {
  const losses = new Map<string, number>();
  for (const act of acts) for (const [name, loss] of lossOf(act)) losses.set(name, (losses.get(name) ?? 0) + loss);
  return new Map(
    [...losses].flatMap(([name, loss]) => {
      const floor = floors.get(name) ?? 0;
      const left = (world.capacity.get(name) ?? 0) - loss;
      return left < floor * (1 - slack) - slack ? [[name, floor - left] as const] : [];
    }),
  );
}
