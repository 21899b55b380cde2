import type { Arrivals } from "@partitune/schema";
import type { Station } from "../../packages/simulator/src/station.ts";
import { toStations } from "../../packages/simulator/src/toStations.ts";
import { type TestPlacement, testPlan } from "./testPlan.ts";

/** The station of one placement. */
export function stationOf(placement: TestPlacement, arrivals: Arrivals, seed: string | number = 1): Station {
  return toStations(testPlan([placement]), { [placement.workload]: arrivals }, seed)[0]!;
}
