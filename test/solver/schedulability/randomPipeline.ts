import type { Random } from "@partitune/numerics";
import type { PipelineJob } from "@partitune/solver";

/** Jobs of a synthetic pipeline, a few ns on each stage, with arrivals that crowd. */
export function randomPipeline(random: Random): readonly PipelineJob[] {
  const stages = 1 + random.integer(5);
  const span = 1 + random.integer(40);
  return Array.from({ length: 1 + random.integer(6) }, (_, index) => ({
    name: `job ${index}`,
    priority: index,
    arrivalSeconds: random.integer(span) / 1e9,
    stageSeconds: Array.from({ length: stages }, () => random.integer(20) / 1e9),
  }));
}
