import { type FilledTask, type KernelFillPlan, kernelText } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { markdownCode as code } from "../../markdownCode.ts";
import { markdownText as text } from "../../markdownText.ts";
import { printable } from "../../printable.ts";

const shownGaps = 10;
const shownCharacters = 100;

/** Words for who writes or runs a scheduler that fills gaps, in Markdown. */
export function kernelFillReadme(plan: KernelFillPlan, { name }: EmitOptions): string {
  const high = plan.tasks.find(({ role }) => role === "high")!;
  return `# Plan ${code(name)}: kernels in the gaps of ${code(high.name)}
${plan.synthetic ? "\n**This plan rests on synthetic traces. Its numbers are examples.**\n" : ""}
Between kernels of ${code(high.name)} the device waits for the host. While it does, a scheduler can start kernels of less urgent tasks that are
short enough to be over before the next urgent kernel comes. Kernels are not interrupted, so one that is started wrongly delays it.

- \`plan.json\`: the plan, with the names of all kernels.
- \`tables.csv\`: its tables as numbers, for readers without a JSON parser.

## Tasks

${plan.tasks.map(taskLine).join("\n")}

## What has to run it

No such scheduler ships with partitune, and none comes with CUDA. It can be a library in front of the driver (\`LD_PRELOAD\`) that takes over the
calls that launch kernels and copies (\`cudaLaunchKernel\`, \`cuLaunchKernel\`, \`cudaMemcpyAsync\`, \`cudaMemsetAsync\` …), keeps a queue for
each less urgent task, and hands its head to a stream of its own; or a hook of the framework that launches. All tasks have to be threads of one
process, or to meet in one server process, for kernels of separate processes do not run side by side without MPS. With CUDA graphs there is
nothing to take over between the kernels of a graph.

Without any scheduler, **CUDA stream priorities** alone often do nearly as much: they start waiting kernels of less urgent streams whenever the
device is free, with no prediction, and so delay the urgent task more. Create each task's stream with \`cudaStreamCreateWithPriority(&stream,
cudaStreamNonBlocking, PRIORITY)\` and the stream priority above; lower numbers are more urgent, numbers beyond
\`cudaDeviceGetStreamPriorityRange\` are clamped, and running blocks are never interrupted.

## What it has to do

1. Recognise each operation: the text \`NAME|X,Y,Z|X,Y,Z\` (grid, then block; memory operations have their name alone), hashed by FNV-1a of 64
   bits over UTF-8, is \`hash\`. ${occurrenceWords(plan)}
2. When an operation of ${code(high.name)} ends and nothing more of it is launched: \`idle_ns\` is how long the gap is expected to last. −1, or
   no row at all: do not fill it.${fallbackWords(plan)}
3. If that is at least **${plan.minGap} ns**, then until the gap is expected to be over or the next urgent operation is launched: among the heads
   of queues whose \`execution_ns\` + **${plan.dispatch} ns** fit into what is left of it, take the lowest priority number, and there the longest
   operation; hand it over and wait for its end. An operation without a row never fits.
4. ${plan.feedback ? "When a gap was shorter than expected, expect no more of it from then on." : "Expectations stay as they are: the plan was judged without learning from gaps that were shorter."}
5. ${plan.maxOverrun === null ? "There is no limit to how long one job may be held up." : `When gaps have held up one job by more than **${plan.maxOverrun} ns** together, stop filling until the next.`}
6. Leave filling off where gaps hold less than ${percent(plan.disableBelowGain)} of a step.

${lookUpWords(plan)}

## What to expect

In ${plan.expected.steps} simulated ${plan.expected.steps === 1 ? "step" : "steps"} that the tables do not rest on, ${code(high.name)} ended ${microseconds(plan.expected.delay.mean)} later on average and
${microseconds(plan.expected.delay.longest)} at most; others had ${microseconds(plan.expected.filled.mean)} of kernel time a step on average, ${microseconds(plan.expected.filled.least)} at least.
Simulated: caches, clocks and memory bandwidth that tasks share are in none of these numbers.
${promises(plan)}
## Gaps it counts on most

${gapLines(high, plan.minGap)}

## When to measure again

After a change of:

${plan.voidWhen.map((change) => `- ${text(change)}`).join("\n")}
`;
}

function taskLine({ name, priority, role, streamPriority, maxInFlight, table }: FilledTask, index: number): string {
  const part = role === "high" ? "its gaps are filled" : `fills gaps, at most ${maxInFlight} at once on the device`;
  return `- task ${index}: ${code(name)}, priority ${priority} (0 is the most urgent), stream priority ${streamPriority}; ${part}; ${table.length} entries`;
}

function occurrenceWords({ key }: KernelFillPlan): string {
  if (key === "identity") return "Rows have the occurrence −1: how often it came before does not matter.";
  return "Count from 0 how often it came before in the step: that is `occurrence`. Counts start anew with each step, which the task has to tell.";
}

function fallbackWords({ key }: KernelFillPlan): string {
  return key === "identity" ? "" : " Where the occurrence has no row, or no idle time, take the row of occurrence −1.";
}

function lookUpWords({ estimator, executionQuantile, idleQuantile }: KernelFillPlan): string {
  const times =
    estimator === "mean"
      ? "Both times are means over traced steps"
      : `\`execution_ns\` is the ${percent(executionQuantile)} quantile over traced steps, \`idle_ns\` the ${percent(idleQuantile)} quantile`;
  return `${times}. Rows of \`tables.csv\` are in the order of task, hash and occurrence, so they can be searched by halving.`;
}

function promises({ promises }: KernelFillPlan): string {
  if (promises.length === 0) return "";
  const lines = promises.map(
    ({ subject, metric, relation, target }) =>
      `- ${code(printable(subject))}: ${metric} ${relation.replace("-", " ")} ${target}`,
  );
  return `\n## Promises\n\n${lines.join("\n")}\n`;
}

function gapLines({ table, identities }: FilledTask, minGap: number): string {
  const gaps = table
    .filter(
      ({ occurrence, idle }) =>
        idle !== null && idle.planned >= minGap && (occurrence !== null || keyedByIdentity(table)),
    )
    .sort((a, b) => b.idle!.planned - a.idle!.planned);
  if (gaps.length === 0) return "None is expected to be long enough: this plan fills nothing.";
  const lines = gaps.slice(0, shownGaps).map(({ identity, occurrence, idle }) => {
    const which = occurrence === null ? "" : `, occurrence ${occurrence}`;
    return `- ${idle!.planned} ns after ${code(shorten(printable(kernelText(identities[identity]!))))}${which}`;
  });
  const rest = gaps.length - lines.length;
  return `${lines.join("\n")}${rest === 0 ? "" : `\n- and ${rest} shorter ones`}`;
}

function keyedByIdentity(table: FilledTask["table"]): boolean {
  return table.every(({ occurrence }) => occurrence === null);
}

function shorten(name: string): string {
  const letters = [...name];
  return letters.length <= shownCharacters ? name : `${letters.slice(0, shownCharacters).join("")}…`;
}

function microseconds(nanoseconds: number): string {
  return `${(nanoseconds / 1000).toFixed(1)} µs`;
}

function percent(part: number): string {
  return `${Number((100 * part).toFixed(3))} %`;
}
