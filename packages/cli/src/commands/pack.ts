import { describeInput, type FleetPlan } from "@partitune/schema";
import { acceptFleet } from "@partitune/simulator";
import {
  type FleetPacking,
  fleetFront,
  packingRules,
  packings,
  packVerified,
  toFleetPlan,
  type VerifiedPacking,
} from "@partitune/solver";
import { Command, Option } from "commander";
import { collectValues } from "../collectValues.ts";
import { comparePacking, formatComparison } from "../comparePacking.ts";
import { exitCodes } from "../exitCodes.ts";
import { formatFleetPlan } from "../formatFleetPlan.ts";
import { formatFront } from "../formatFront.ts";
import { formatQuantity } from "../formatNumbers.ts";
import { loadPredictor } from "../loadPredictor.ts";
import { madeNow } from "../made.ts";
import { type PackOptions, type PackRequest, packObjectives, readPackRequest } from "../packOptions.ts";
import { checkPeriods, packSchedule } from "../packSchedule.ts";
import { assumedSteps } from "../parseStepSeconds.ts";
import { printable } from "../printable.ts";
import { type Progress, startProgress } from "../progress.ts";
import { solvePack } from "../solvePack.ts";
import { checkOutput, printJson, writeOutput } from "../writeOutput.ts";

export function packCommand(): Command {
  return new Command("pack")
    .description(
      "Plans which services run on which piece of which GPU, with a proof or a bound. Exits with 1 and the reason when a demand cannot be met.",
    )
    .argument("<source>", "profile folder (then only what was measured is considered), or surrogate file")
    .option("--demand <text>", 'one service, "[SERVICE:]WORKLOAD RATE/s DEADLINE pQ"; may be repeated', collectValues)
    .option("--demands <file>", "a file of demands")
    .addOption(
      new Option(
        "--objective <name>",
        "fewest GPUs, least power, or on --gpus the most headroom or the highest factor on all rates",
      )
        .choices([...packObjectives])
        .default("gpus"),
    )
    .option("--gpus <count>", "GPUs that there are; by default as many as needed")
    .addOption(new Option("--rule <name>", "what counts as safe").choices(Object.keys(packingRules)).default("queue"))
    .addOption(
      new Option("--method <name>", "how to pack, or all for a comparison; by default the exact one").choices([
        ...Object.keys(packings),
        "all",
      ]),
    )
    .option("--pieces <kinds>", "ways to cut a GPU, separated by commas; by default what was measured, isolated first")
    .option(
      "--power-mode <name>",
      "power mode of all GPUs; by default the one with most throughput, or for least power any",
    )
    .option("--idle-watts <watts>", "power of a card in use before anything runs, where it was not measured")
    .option("--interference <model>", "how pieces slow each other down: a file, none, or a factor such as 1.09")
    .option("--headroom <fraction>", "capacity beyond the rate that every service is given", "0")
    .option("--margin <fraction>", "plan so much longer than measured, instead of with the intervals' upper ends")
    .option("--time-limit <seconds>", "time that each exact model may take")
    .option("--accept", "let the simulator reject plans, and give more to services whose promises break")
    .option("--front <objectives>", "instead of one plan: gpus,power or gpus,load")
    .option(
      "--periods <list>",
      'rates that change: "8h 0.3x, 2h 1x" times those of the demands, "8h 40/s" for the only one, or "8h night.json"; each period changes the plan before as little as possible',
    )
    .option("--repeat", "with --periods: the last is followed by the first, as in days")
    .option("--slack <count>", "with --periods: GPUs beyond the fewest that may be used to spare changes")
    .option("--spares <count>", "with --periods: GPUs that may be used while changing, by default 1")
    .option("--step-seconds <list>", `with --periods: how long steps take; assumed, not measured: ${assumedSteps}`)
    .option("--out <file>", "where to write the plan, schedule or front")
    .option("--json", "print the plan or front to stdout; where there is none, why")
    .addHelpText(
      "after",
      `
Examples:
  $ partitune pack profiles/a100 --demand "resnet50 400/s 60ms p99" --demand "photos:vgg16 120/s 100ms" --out fleet.json
  $ partitune pack profiles/a100 --demands demands.json --pieces mps-share --interference interference.json --accept
  $ partitune pack profiles/a100 --demands demands.json --method all
  $ partitune pack profiles/a100 --demands demands.json --objective headroom --gpus 4
  $ partitune pack profiles/a100 --demands demands.json --front gpus,power --out front.json
  $ partitune pack profiles/a100 --demands demands.json --periods "14h 0.4x, 10h 1x" --repeat --out day.json

Exit codes: 0 a plan; 1 none, or none that the simulator accepts; 2 bad input.`,
    )
    .action(async (path: string, options: PackOptions) => {
      checkOutput(options);
      if (checkPeriods(options)) {
        process.exitCode = await packSchedule(path, options);
        return;
      }
      const inputs = [path, ...(options.demands === undefined ? [] : [options.demands])].map(describeInput);
      const request = readPackRequest(loadPredictor(path), options, madeNow(null, inputs));
      process.exitCode = await runPack(request, options);
    });
}

async function runPack(request: PackRequest, options: PackOptions): Promise<number> {
  const { services } = request.fleet;
  const progress = startProgress(`pack ${services.length} ${services.length === 1 ? "service" : "services"}`);
  try {
    if (request.front !== null) return await showFront(request, options, progress);
    return request.method === "all"
      ? await compareAll(request, options, progress)
      : await packOne(request, options, progress);
  } finally {
    progress.end();
  }
}

async function packOne(request: PackRequest, options: PackOptions, progress: Progress): Promise<number> {
  let round = 0;
  const pack = (fleets: PackRequest["fleets"]) => {
    round += 1;
    progress.update({ what: round === 1 ? "packing" : `packing again, round ${round}` });
    return solvePack(request, fleets);
  };
  const judge = (plan: FleetPlan) => {
    progress.update({ what: "simulating" });
    return acceptFleet(plan);
  };
  const verified = await packVerified(request.fleets, pack, {
    made: request.made,
    accept: options.accept === true ? judge : () => true,
  });
  progress.end();
  if (verified.status !== "packed") return explainNo(verified, options);
  explainRaised(verified);
  showPlan(verified.plan, options);
  return verified.accepted ? exitCodes.yes : exitCodes.no;
}

function showPlan(plan: FleetPlan, options: PackOptions): void {
  if (options.json !== true) process.stdout.write(formatFleetPlan(plan));
  writeOutput(plan, options);
}

function explainRaised(verified: Extract<VerifiedPacking, { status: "packed" }>): void {
  for (const [reason, raised] of Map.groupBy(verified.raised, (each) => each.reason)) {
    const given = raised.map(({ service, from, to }) => `"${service}" ${rate(to)} instead of ${rate(from)}`).join(", ");
    process.stderr.write(
      `${printable(`the simulator rejected a plan: ${reason}; packed again with room for ${given}`)}\n`,
    );
  }
  if (verified.accepted) return;
  process.stderr.write(
    `${printable(`not accepted: the simulator still rejects this plan: ${verified.reason}; plan with more --headroom or under a stricter --rule`)}\n`,
  );
}

function rate(perSecond: number): string {
  return formatQuantity(perSecond, "per_s");
}

async function compareAll(request: PackRequest, options: PackOptions, progress: Progress): Promise<number> {
  const results = await comparePacking(request, (name, done, total) => progress.update({ what: name, done, total }));
  progress.end();
  const best = results[0]!.packing;
  if (best.status !== "packed") return explainNo(best, options);
  if (options.json === true)
    printJson(
      results.map(({ method, packing, watts, seconds }) => ({
        method,
        status: packing.status,
        optimality: packing.status === "packed" ? packing.optimality : null,
        watts,
        seconds,
      })),
    );
  else process.stdout.write(formatComparison(results));
  if (options.out !== undefined) writeOutput(toFleetPlan({ ...best, made: request.made }), { out: options.out });
  return exitCodes.yes;
}

async function showFront(request: PackRequest, options: PackOptions, progress: Progress): Promise<number> {
  progress.update({ what: `GPUs against ${request.front}` });
  const front = await fleetFront(request.fleets, request.front!, {
    made: request.made,
    ...request.timeLimit,
    ...(request.gpus === null ? {} : { mostGpus: request.gpus }),
  });
  progress.end();
  if ("status" in front) return explainNo(front, options);
  if (options.json !== true) process.stdout.write(formatFront(front));
  writeOutput(front, options);
  return exitCodes.yes;
}

/** Prints why there is no plan; returns the exit code. */
function explainNo(packing: Exclude<FleetPacking, { status: "packed" }>, { json }: PackOptions): number {
  if (json === true) printJson(packing);
  const lines =
    packing.status === "unservable"
      ? [
          "infeasible: some demands cannot be met",
          ...packing.services.map(({ service, reason }) => `  service "${service}": ${reason}`),
        ]
      : [`${packing.status}: ${packing.reason}`];
  process.stderr.write(lines.map((line) => `${printable(line)}\n`).join(""));
  return exitCodes.no;
}
