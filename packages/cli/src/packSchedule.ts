import { describeInput, InputError } from "@partitune/schema";
import { toFleetSchedule } from "@partitune/solver";
import { exitCodes } from "./exitCodes.ts";
import { formatFleetSchedule } from "./formatFleetSchedule.ts";
import { loadPredictor } from "./loadPredictor.ts";
import { madeNow } from "./made.ts";
import { type PackOptions, statePackRequest } from "./packOptions.ts";
import { parseFleetPeriods, peakDemands } from "./parseFleetPeriods.ts";
import { parseCount } from "./parseLists.ts";
import { parseStepSeconds } from "./parseStepSeconds.ts";
import { printable } from "./printable.ts";
import { startProgress } from "./progress.ts";
import { readFleetDemands } from "./readFleetDemands.ts";
import { warn } from "./warn.ts";
import { printJson, writeOutput } from "./writeOutput.ts";

/** Options that say how a schedule is made. */
const ofSchedules = ["repeat", "slack", "spares", "stepSeconds"] as const;
/** Options that ask for something else than fewest GPUs in every period. */
const ofSinglePlans = ["method", "gpus", "front", "accept", "timeLimit"] as const;

/**
 * Whether a schedule is asked for.
 *
 * @throws InputError when options contradict each other
 */
export function checkPeriods(options: PackOptions): boolean {
  const { periods, objective } = options;
  const flag = (name: string) => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const fail = (what: string, problem: string, advice: string): never => {
    throw new InputError({ what, problem, advice });
  };
  const alone = ofSchedules.find((name) => options[name] !== undefined);
  if (periods === undefined) {
    if (alone !== undefined)
      fail(`option ${flag(alone)}`, "says how a schedule is made", "add --periods, or leave it out");
    return false;
  }
  const other = ofSinglePlans.find((name) => options[name] !== undefined);
  if (other !== undefined) fail("option --periods", `goes with no ${flag(other)}`, "leave it out");
  if (objective !== "gpus") fail("option --periods", `plans fewest GPUs, not ${objective}`, "leave --objective out");
  return true;
}

/** Plans for changing rates, shows the schedule and what it saves; returns the exit code. */
export async function packSchedule(path: string, options: PackOptions): Promise<number> {
  const inputs = [path, ...(options.demands === undefined ? [] : [options.demands])].map(describeInput);
  const made = madeNow(null, inputs);
  const predictor = loadPredictor(path);
  const names = predictor.source.workloads.map(({ name }) => name);
  const isNamed = options.demand !== undefined || options.demands !== undefined;
  const demands = isNamed ? readFleetDemands(options, names) : [];
  const periods = parseFleetPeriods("--periods", options.periods!, demands);
  const { request, warnings } = statePackRequest(predictor, options, peakDemands(periods), made);
  warn(warnings);
  const peak = request.fleet;
  const pieces = [...new Set([...peak.partitions.values()].map(({ kind }) => kind))].join(",");
  const same = { ...options, powerMode: peak.powerMode, pieces: options.pieces ?? pieces };
  const progress = startProgress(`plan ${periods.length} periods`);
  const answer = await toFleetSchedule({
    periods: periods.map((period) => ({
      name: period.name,
      seconds: period.seconds,
      fleet: statePackRequest(predictor, same, period.demands, made).request.fleet,
    })),
    peak,
    repeat: options.repeat ?? false,
    replan: { slack: parseCount("--slack", options.slack ?? "0", 0) },
    transition: {
      made,
      spares: parseCount("--spares", options.spares ?? "1", 0),
      ...(options.stepSeconds === undefined
        ? {}
        : { seconds: parseStepSeconds("--step-seconds", options.stepSeconds) }),
    },
  }).finally(() => progress.end());
  if (answer.status === "unservable") {
    if (options.json === true) printJson(answer);
    process.stderr.write("infeasible: some demands cannot be met\n");
    for (const { service, reason } of answer.services)
      process.stderr.write(`${printable(`  service "${service}": ${reason}`)}\n`);
    return exitCodes.no;
  }
  if (options.json !== true) process.stdout.write(formatFleetSchedule(answer.schedule));
  writeOutput(answer.schedule, options);
  return exitCodes.yes;
}
