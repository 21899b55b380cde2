import type { SingleChoice } from "./budgetUse.ts";

/** The minibatch of each served workload, in the order of the problem's; null at rate 0, where nothing is served. */
export function batchesOfChoice(choice: SingleChoice): readonly (number | null)[] {
  switch (choice.kind) {
    case "training":
      return [];
    case "inference":
    case "concurrent":
      return [choice.batch];
    case "backlogged":
      return [choice.batch, choice.backlogBatch];
    case "two-inferences":
      return [choice.urgentBatch, choice.nonUrgentBatch];
  }
}
