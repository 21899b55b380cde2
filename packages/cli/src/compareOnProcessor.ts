import { resolve } from "node:path";
import { type CompareLiveOptions, compareLive, type LiveComparison } from "@partitune/profiler";
import type { Arrivals, FleetPlan } from "@partitune/schema";
import { type UsualArrivals, usualArrivals } from "@partitune/simulator";
import { home } from "./home.ts";
import { placementsOf } from "./placementsOf.ts";
import { printable } from "./printable.ts";
import { startProgress } from "./progress.ts";
import { stopOnSignals } from "./stopOnSignals.ts";

/** How a fleet plan is compared with unpartitioned running on this machine. */
export interface CompareOnProcessorOptions
  extends Pick<CompareLiveOptions, "folder" | "seed" | "durationSeconds" | "intervalSeconds" | "starts" | "made"> {
  readonly arrivals: UsualArrivals;
}

/**
 * Serves a fleet plan of this machine's processor as planned and unpartitioned, with the progress shown.
 *
 * @throws InputError when the plan is of no processor
 */
export async function compareOnProcessor(
  fleet: FleetPlan,
  options: CompareOnProcessorOptions,
): Promise<LiveComparison> {
  const plan = placementsOf(fleet);
  const progress = startProgress("compare --live");
  const stop = stopOnSignals();
  try {
    const compared = await compareLive(plan, {
      ...options,
      folder: resolve(options.folder),
      home,
      arrivals: byWorkload(fleet, options.arrivals),
      signal: stop.signal,
      onProgress: (state) => progress.update(state),
    });
    const findings = compared.findings.map((finding) => `  ${printable(finding)}`);
    progress.end(["both ways deployed, measured and stopped; the check of the machine said", ...findings].join("\n"));
    return compared;
  } catch (error) {
    progress.end();
    throw error;
  } finally {
    stop.release();
  }
}

/** A plan names arrivals by workload, of which each has one service. */
function byWorkload({ services }: FleetPlan, arrivals: UsualArrivals): Readonly<Record<string, Arrivals>> {
  const byService = usualArrivals[arrivals](services);
  return Object.fromEntries(
    services.flatMap(({ name, workload }) => {
      const own = byService[name];
      return own === undefined ? [] : [[workload, own]];
    }),
  );
}
