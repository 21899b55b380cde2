import type { Seconds } from "@partitune/schema";
import { loadRuns } from "./loadRuns.ts";
import { measuredService } from "./toSamples.ts";

/**
 * Service times of the measured batches of a profile, by the id of the measurement; none where there are no raw samples.
 *
 * @param path  the profile's folder or a file in it
 * @throws InputError when the journal cannot be read
 * @example fit(loadProfile(path), { made, samples: loadSamples(path) })
 */
export function loadSamples(path: string): (measurementId: string) => readonly Seconds[] {
  const runs = loadRuns(path);
  return (measurementId) => {
    const samples = runs.get(measurementId);
    return samples === undefined ? [] : measuredService(samples);
  };
}
