import type { ModeProblem, ModeSearch } from "@partitune/schema";

/** What a problem asks for, with its unit and direction. */
export type ModeObjective = ModeSearch["objective"];

/**
 * The name, unit and direction of a problem's value.
 *
 * @param run  what a measured time of the training is: of a minibatch (the default), or of an epoch
 * @example modeObjective({ kind: "training", training: "bert", objective: "time" })  // { name: "minibatch time", unit: "s", better: "lower" }
 */
export function modeObjective(problem: ModeProblem, run: "batch" | "epoch" = "batch"): ModeObjective {
  const lower = (name: string, unit: string): ModeObjective => ({ name, unit, better: "lower" });
  const higher = (name: string, unit: string): ModeObjective => ({ name, unit, better: "higher" });
  switch (problem.kind) {
    case "training": {
      const unit = run === "epoch" ? "epoch" : problem.batches === undefined ? "minibatch" : "sample";
      if (problem.objective === "power") return lower("power", "W");
      return problem.objective === "time" ? lower(`${unit} time`, "s") : lower(`${unit} energy`, "J");
    }
    case "inference":
      if (problem.objective === "latency") return lower("worst latency", "s");
      return problem.objective === "power" ? lower("power", "W") : lower("energy per request", "J");
    case "concurrent":
      return higher("training rate", "minibatches/s");
    case "backlogged":
      return higher("backlog rate", "requests/s");
    case "two-inferences":
      if (problem.objective === "latency") return lower("worst urgent latency", "s");
      return problem.objective === "power" ? lower("power", "W") : higher("training rate", "minibatches/s");
    case "rate-schedule":
      return higher("training in all periods", "minibatches");
  }
}
