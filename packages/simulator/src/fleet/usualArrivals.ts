import type { Arrivals, FleetService } from "@partitune/schema";

/** How requests usually arrive, where no recording says it. */
export const usualArrivals = {
  poisson: (services: readonly StatedService[]) => toArrivals(services, poisson),
  even: (services: readonly StatedService[]) => toArrivals(services, even),
} as const;

export type UsualArrivals = keyof typeof usualArrivals;

type StatedService = Pick<FleetService, "name" | "ratePerSecond">;

/** Requests of a clock are moved by up to this part of their period. */
const jitter = 0.1;
/** No two clients have quite the same clock: they are faster than stated by up to this, so that their requests meet now and then. */
const drift = 2e-3;
/** Multiples of it, less their whole parts, are spread evenly, and no three clocks keep in step. */
const goldenRatio = (Math.sqrt(5) - 1) / 2;
/** Nor do they begin at the same moment, s. */
const apart = 0.003;

/** Services without requests are left out. */
function toArrivals(
  services: readonly StatedService[],
  arrive: (ratePerSecond: number, index: number) => Arrivals,
): Readonly<Record<string, Arrivals>> {
  const busy = services.filter(({ ratePerSecond }) => ratePerSecond > 0);
  return Object.fromEntries(busy.map(({ name, ratePerSecond }, i) => [name, arrive(ratePerSecond, i)]));
}

function poisson(ratePerSecond: number): Arrivals {
  return { kind: "poisson", ratePerSecond };
}

function even(ratePerSecond: number, index: number): Arrivals {
  const faster = drift * ((goldenRatio * index) % 1);
  return { kind: "periodic", ratePerSecond: ratePerSecond * (1 + faster), jitter, offsetSeconds: apart * index };
}
