import type { Fraction, ModeProblem } from "@partitune/schema";
import type { Answer, NothingToRun } from "./answer.ts";
import { type BackloggedChoice, backlogged } from "./backlogged.ts";
import { concurrent } from "./concurrent.ts";
import type { ConcurrentChoice } from "./concurrentChoice.ts";
import { type InferenceChoice, inference } from "./inference.ts";
import { type RateSchedule, rateSchedule } from "./rateSchedule.ts";
import type { IdleRow, InferenceRow, TrainingRow } from "./rows.ts";
import { type TrainingChoice, training } from "./training.ts";
import type { ConcurrentDemand } from "./turns.ts";
import { type TwoInferencesChoice, twoInferences } from "./twoInferences.ts";
import { withMargin } from "./withMargin.ts";

/** What is measured on a device, by workload; a workload without a table counts as not measured anywhere. */
export interface ProblemTables {
  readonly training: ReadonlyMap<string, readonly TrainingRow[]>;
  readonly inference: ReadonlyMap<string, readonly InferenceRow[]>;
  readonly idle: readonly IdleRow[];
}

/** A choice, tagged by the kind of problem that it answers. */
export type ProblemChoice =
  | ({ readonly kind: "training" } & TrainingChoice)
  | ({ readonly kind: "inference" } & InferenceChoice)
  | ({ readonly kind: "concurrent" } & ConcurrentChoice)
  | ({ readonly kind: "backlogged" } & BackloggedChoice)
  | ({ readonly kind: "two-inferences" } & TwoInferencesChoice)
  | ({ readonly kind: "rate-schedule" } & RateSchedule);

export type ProblemAnswer = Answer<ProblemChoice> | NothingToRun;

/**
 * Solves a problem exactly over the rows of its tables, whatever its kind.
 *
 * @param margin  part of every budget left free, by default 0; values and reasons then speak of what remains
 * @throws InputError when rows repeat or a number is out of range
 */
export function answerProblem(problem: ModeProblem, tables: ProblemTables, margin: Fraction = 0): ProblemAnswer {
  const left = withMargin(problem, margin);
  const trained = (workload: string) => tables.training.get(workload) ?? [];
  const served = ({ workload, batches }: { readonly workload: string; readonly batches: readonly number[] }) =>
    (tables.inference.get(workload) ?? []).filter(({ batch }) => batches.includes(batch));
  switch (left.kind) {
    case "training": {
      const { kind, objective, budgetWatts, minibatchSeconds } = left;
      const limits = {
        ...(budgetWatts !== undefined && { budgetWatts }),
        ...(minibatchSeconds !== undefined && { minibatchSeconds }),
      };
      return tag(kind, training({ rows: trained(left.training), objective, ...limits }));
    }
    case "inference": {
      const { kind, dispatchers, objective, budget, highestLoad } = left;
      const { ratePerSecond, latencySeconds } = left.inference;
      const answer = inference({
        rows: served(left.inference),
        ...idleFor(budget),
        ratePerSecond,
        dispatchers,
        objective,
        ...(latencySeconds !== undefined && { latencySeconds }),
        ...(budget !== undefined && { budget }),
        ...(highestLoad !== undefined && { highestLoad }),
      });
      return answer.status === "idle" ? answer : tag(kind, answer);
    }
    case "concurrent": {
      const rows = { training: trained(left.training), inference: served(left.inference), ...idleFor(left.budget) };
      return tag(left.kind, concurrent({ ...rows, ...turnsDemandOf(left), budget: left.budget }));
    }
    case "backlogged": {
      const rows = { backlog: served(left.backlog), inference: served(left.inference), ...idleFor(left.budget) };
      return tag(left.kind, backlogged({ ...rows, ...turnsDemandOf(left), budget: left.budget }));
    }
    case "two-inferences": {
      const { kind, urgent, nonUrgent, budget, objective } = left;
      const answer = twoInferences({
        urgent: served(urgent),
        nonUrgent: served(nonUrgent),
        ...(left.training !== undefined && { training: trained(left.training) }),
        ...idleFor(budget),
        urgentDemand: urgent,
        nonUrgentDemand: nonUrgent,
        budget,
        objective,
      });
      return tag(kind, answer);
    }
    case "rate-schedule": {
      const { kind, periods, modeChangeSeconds, budget } = left;
      const rows = { training: trained(left.training), inference: served(left.inference), ...idleFor(budget) };
      const { ratePerSecond: _, ...demand } = turnsDemandOf({
        ...left,
        inference: { ...left.inference, ratePerSecond: 0 },
      });
      return tag(kind, rateSchedule({ ...rows, ...demand, periods, modeChangeSeconds, budget }));
    }
  }

  /** Idle power decides under an average budget only; elsewhere it must not leave out modes where it was not measured. */
  function idleFor(budget: { readonly kind: "peak" | "average" } | undefined) {
    return budget?.kind === "average" ? { idle: tables.idle } : {};
  }
}

/** What a problem of workloads in turn asks for, as the solvers of turns take it. */
export function turnsDemandOf({
  inference: { ratePerSecond, latencySeconds },
  policy,
  dispatcher,
  highestLoad,
  changeoverSeconds,
}: {
  readonly inference: { readonly ratePerSecond: number; readonly latencySeconds: number };
} & Pick<
  Extract<ModeProblem, { readonly kind: "concurrent" }>,
  "policy" | "dispatcher" | "highestLoad" | "changeoverSeconds"
>): ConcurrentDemand {
  return {
    ratePerSecond,
    latencySeconds,
    policy,
    dispatcher,
    ...(highestLoad !== undefined && { highestLoad }),
    ...(changeoverSeconds !== undefined && { changeoverSeconds }),
  };
}

function tag<Kind extends ProblemChoice["kind"], Choice>(
  kind: Kind,
  answer: Answer<Choice>,
): Answer<{ readonly kind: Kind } & Choice> {
  if (answer.status === "optimal") return { ...answer, choice: { kind, ...answer.choice } };
  return { ...answer, nearest: answer.nearest && { kind, ...answer.nearest } };
}
