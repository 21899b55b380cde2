import { type Config, InputError, type Predict } from "@partitune/schema";

/** The power modes in which all workloads have a configuration, in the order of the configurations. */
export function modesOf(configs: readonly Config[], workloads: readonly string[]): readonly string[] {
  const modes = [...new Set(configs.map(({ powerMode }) => powerMode))];
  return modes.filter((mode) =>
    workloads.every((workload) => configs.some((config) => config.workload === workload && config.powerMode === mode)),
  );
}

/**
 * The power mode in which workloads reach the highest throughput: the geometric mean, over them, of the best of any configuration.
 *
 * @param workloads  names; a mode in which one of them is not known does not count
 * @returns the first of equals, in the order of the configurations
 * @throws InputError when there is no mode in which all are known
 */
export function fastestMode(configs: readonly Config[], workloads: readonly string[], predict: Predict): string {
  const modes = modesOf(configs, workloads);
  const scores = modes.map((mode) => {
    const best = workloads.map((workload) =>
      configs
        .filter((config) => config.workload === workload && config.powerMode === mode)
        .reduce((most, config) => Math.max(most, predict(config)?.metrics.throughput_per_s?.value ?? 0), 0),
    );
    return best.reduce((sum, each) => sum + Math.log(each), 0);
  });
  const most = scores.reduce((best, score, i) => (score > (scores[best] ?? Number.NEGATIVE_INFINITY) ? i : best), 0);
  if ((scores[most] ?? Number.NEGATIVE_INFINITY) > Number.NEGATIVE_INFINITY) return modes[most]!;
  throw new InputError({
    what: "the profile",
    problem: `has no power mode in which ${workloads.map((name) => `"${name}"`).join(", ")} were all measured`,
    advice: "measure them in one mode, or leave some demands out",
  });
}
