import { InputError } from "@partitune/schema";
import { assumedStepSeconds, type StepSeconds } from "@partitune/solver";

/** Words of the command line → steps. */
const names: Readonly<Record<string, keyof StepSeconds>> = {
  create: "create",
  destroy: "destroy",
  "mig-mode": "migMode",
  start: "start",
  drain: "drain",
  stop: "stop",
  adjust: "adjust",
  "power-mode": "powerMode",
};

/** What steps are assumed to take where nothing else is said, as the help lists it. */
export const assumedSteps: string = Object.entries(names)
  .map(([name, key]) => `${name}=${assumedStepSeconds[key]}`)
  .join(",");

/**
 * How long steps take, as they are written on the command line.
 *
 * @example parseStepSeconds("--step-seconds", "start=45,create=3")
 * @throws InputError when a step is not known or its time is no number of seconds
 */
export function parseStepSeconds(option: string, text: string): Partial<StepSeconds> {
  return Object.fromEntries(
    text.split(",").map((part) => {
      const [name = "", value = ""] = part.split("=").map((each) => each.trim());
      const seconds = value === "" ? Number.NaN : Number(value);
      if (Object.hasOwn(names, name) && seconds >= 0 && Number.isFinite(seconds)) return [names[name]!, seconds];
      throw new InputError({
        what: `option ${option} "${part.trim()}"`,
        problem: "is no step with its seconds",
        advice: `write for example start=45,create=3; steps are ${Object.keys(names).join(", ")}`,
      });
    }),
  );
}
