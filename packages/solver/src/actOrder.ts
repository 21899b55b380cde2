import type { Fitting, World } from "./fleetWorld.ts";
import type { Act } from "./transitionActs.ts";
import type { HelperPlaces } from "./transitionHelpers.ts";

/** What holds throughout, and what may help. */
export interface OrderContext {
  readonly fitting: Fitting;
  /** Requests per second that each service must be safely answered throughout. */
  readonly floors: ReadonlyMap<string, number>;
  readonly helpers: HelperPlaces;
}

/** Acts in an order that keeps the promises, and how well it does. */
export interface ActOrder {
  readonly acts: readonly Act[];
  readonly world: World;
  /** Temporary pieces. */
  readonly helpers: number;
  /** Acts that take more capacity than can be spared. */
  readonly dips: number;
}
