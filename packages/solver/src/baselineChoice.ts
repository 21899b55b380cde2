import type { Device, ModeChoice } from "@partitune/schema";
import type { SingleProblem } from "./budgetUse.ts";
import { answerProblem, type ProblemTables } from "./problems/answerProblem.ts";
import { rowOfName } from "./rowOfName.ts";
import { toModeChoice } from "./toModeChoice.ts";

/** The best choice in the device's default mode; null when it breaks a budget or is not in the tables. */
export function baselineChoice(problem: SingleProblem, tables: ProblemTables, device: Device): ModeChoice | null {
  const name = device.powerModes[0]!.name;
  const isDefault = ({ mode }: { readonly mode: string }) => rowOfName(problem, mode).powerMode === name;
  const answer = answerProblem(problem, {
    training: new Map([...tables.training].map(([workload, rows]) => [workload, rows.filter(isDefault)])),
    inference: new Map([...tables.inference].map(([workload, rows]) => [workload, rows.filter(isDefault)])),
    idle: tables.idle.filter(isDefault),
  });
  if (answer.status !== "optimal" || answer.choice.kind === "rate-schedule") return null;
  return toModeChoice(problem, answer.choice);
}
