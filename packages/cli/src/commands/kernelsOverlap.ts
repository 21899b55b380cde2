import { join } from "node:path";
import { type OverlapPolicyName, overlapPolicies } from "@partitune/profiler";
import { describeInput, ensureFolder, InputError, loadJson, saveJson } from "@partitune/schema";
import { Command } from "commander";
import { collectValues } from "../collectValues.ts";
import { exitCodes } from "../exitCodes.ts";
import { type FillOptions, parseFillOptions, withFillOptions } from "../fillOptions.ts";
import { formatKernelOverlap } from "../formatKernelOverlap.ts";
import { madeNow } from "../made.ts";
import { type NetworkOverlap, overlapNetworks } from "../overlapNetworks.ts";
import { parsePart, parseTime } from "../parseKernelOptions.ts";
import { parseCount, parsePositive } from "../parseLists.ts";
import { parseOverlapNetworks } from "../parseOverlapNetworks.ts";
import { startProgress } from "../progress.ts";
import { stopOnSignals } from "../stopOnSignals.ts";
import { warn } from "../warn.ts";
import { printJson } from "../writeOutput.ts";

interface OverlapOptions extends FillOptions {
  readonly with: readonly string[];
  readonly plan?: string;
  readonly waitEvery: string;
  readonly waitUs: string;
  readonly waitSpread: string;
  readonly recordSteps: string;
  readonly steps: string;
  readonly seconds: string;
  readonly policies?: string;
  readonly window: string;
  readonly sliceUs: string;
  readonly batch: string;
  readonly piece: string;
  readonly seed: string;
  readonly out?: string;
  readonly json?: boolean;
}

const names = Object.keys(overlapPolicies) as OverlapPolicyName[];

export function overlapCommand(): Command {
  return withFillOptions(
    new Command("overlap")
      .description(
        "Really runs an urgent network and others on this machine's processor, operator by operator, under every way of sharing, and puts what the simulator predicts beside it.",
      )
      .argument("<high>", "the urgent network: one of the zoo such as zoo:mobilenet-v2@96, or an .onnx file")
      .requiredOption(
        "--with <network:level>",
        "a network beside it, and its level from 1 (first, and the default) to 9; may be repeated",
        collectValues,
      )
      .option("--plan <file>", "fill gaps as this plan says, not as one made from what is recorded"),
  )
    .option("--wait-every <number>", "operators after which the urgent network's host waits, as if for data", "10")
    .option("--wait-us <time>", "mean length of such a wait, µs", "2000")
    .option("--wait-spread <part>", "waits are uniform on the mean ± this part", "0.3")
    .option("--record-steps <number>", "steps of each network alone that the plan is made from", "10")
    .option("--steps <number>", "steps of the urgent network under each way of sharing", "100")
    .option("--seconds <number>", "no further round begins after so many seconds", "60")
    .option("--policies <list>", `of ${names.join(", ")}; all when absent. exclusive and greedy always run`)
    .option("--window <number>", "fifo: operators that each of the others keeps in the queue", "8")
    .option("--slice-us <time>", "timeslice: a turn, µs", "1024")
    .option("--batch <number>", "inputs of one step, for all networks", "1")
    .option("--piece <number>", "operators that run as one", "1")
    .option("--seed <text>", "fixes inputs and waits", "1")
    .option("--out <folder>", "folder for the result (overlap.json), the plan and the recorded traces")
    .option("--json", "print the result as JSON instead of the table")
    .addHelpText(
      "after",
      `
Example:
  $ partitune kernels overlap zoo:mobilenet-v2@96 --with zoo:resnet18@64 --out overlap
  $ partitune kernels simulate overlap/high.kernels.json --with overlap/low-1.kernels.json --plan overlap/fill.plan.json

One thread is device and host at once, so only the waits can be filled; they are put there on purpose and the files say so. Ctrl-C ends after
the step that runs and keeps what was measured.

Exit codes: 0 measured; 2 bad input; 130 stopped by Ctrl-C.`,
    )
    .action(overlap);
}

async function overlap(high: string, options: OverlapOptions): Promise<void> {
  const request = toRequest(high, options);
  if (options.out !== undefined) ensureFolder(options.out);
  const stop = stopOnSignals();
  const progress = startProgress("overlap");
  try {
    progress.update({ what: "opening the networks" });
    const measured = await overlapNetworks({
      ...request,
      signal: stop.signal,
      onProgress: ({ phase, done, total }) =>
        progress.update({ what: phase === "record" ? "recording each alone" : "playing", done, total }),
    });
    progress.end();
    warn(measured.overlap.warnings);
    if (options.json === true) printJson(measured.overlap);
    else process.stdout.write(formatKernelOverlap(measured.overlap));
    if (options.out !== undefined) saveOverlap(options.out, measured);
    if (measured.overlap.ended === "interrupted") process.exitCode = exitCodes.interrupted;
  } catch (error) {
    if (!stop.signal.aborted || error !== stop.signal.reason) throw error;
    process.stderr.write("stopped before the first round had ended; nothing was measured\n");
    process.exitCode = exitCodes.interrupted;
  } finally {
    progress.end();
    stop.release();
  }
}

function toRequest(high: string, options: OverlapOptions) {
  const networks = parseOverlapNetworks(high, options.with);
  const { seed, plan } = options;
  const each = {
    batch: parseCount("--batch", options.batch),
    pieceLength: parseCount("--piece", options.piece),
    seed,
  };
  return {
    high: { ...networks.high, ...each },
    low: networks.low.map((network) => ({ ...network, ...each })),
    think: {
      every: parseCount("--wait-every", options.waitEvery),
      mean: parseTime("--wait-us", options.waitUs),
      spread: parsePart("--wait-spread", options.waitSpread),
    },
    seed,
    recordSteps: parseCount("--record-steps", options.recordSteps, 3),
    steps: parseCount("--steps", options.steps),
    longest: parsePositive("--seconds", options.seconds) * 1e9,
    window: parseCount("--window", options.window),
    quantum: parseTime("--slice-us", options.sliceUs),
    fill: plan === undefined ? parseFillOptions(options) : loadJson(plan, "kernel-fill-plan"),
    made: madeNow(seed, [...networks.inputs, ...(plan === undefined ? [] : [describeInput(plan)])]),
    ...(options.policies === undefined ? {} : { policies: parsePolicies(options.policies) }),
  };
}

function parsePolicies(text: string): readonly OverlapPolicyName[] {
  return text.split(",").map((each) => {
    const name = names.find((known) => known === each.trim());
    if (name !== undefined) return name;
    throw new InputError({
      what: `option --policies "${text}"`,
      problem: `names "${each.trim()}", which is none`,
      advice: `choose among ${names.join(", ")}`,
    });
  });
}

function saveOverlap(folder: string, { overlap: result, plan, traces, alone }: NetworkOverlap): void {
  saveJson(join(folder, "overlap.json"), result);
  saveJson(join(folder, "fill.plan.json"), plan);
  saveJson(join(folder, "high.kernels.json"), traces.high);
  saveJson(join(folder, "alone.kernels.json"), alone);
  for (const [i, trace] of traces.low.entries()) saveJson(join(folder, `low-${i + 1}.kernels.json`), trace);
  process.stderr.write(`wrote ${folder}\n`);
}
