import { markdownCode, markdownText } from "@partitune/emitter";
import { type Profile, profileFiles } from "@partitune/schema";
import { journalFile } from "../readJournal.ts";
import { kernelsFolder } from "./kernelTraceFile.ts";
import type { RecordingEnd } from "./recordDevice.ts";

/**
 * What a recording is, in Markdown: the device and its versions, what of it is there, what is missing and why, and the command that goes on.
 *
 * @param command  the command that recorded it, as it was typed
 */
export function recordingReadme(
  name: string,
  { profile, stages, traces, warnings: leftOut }: RecordingEnd,
  command: string,
): string {
  if (profile === null) return `# ${markdownText(name)}\n\nNothing has been measured yet.\n`;
  const { device, protocol } = profile;
  const warnings = [...leftOut, ...profile.warnings];
  const measured = device.synthetic
    ? "**Synthetic**: computed by a formula, not measured on hardware."
    : "Measured; nothing in it is synthetic.";
  return [
    `# ${markdownText(name)}`,
    `${markdownText(device.processor)}, recorded by partitune${span(profile)}. ${measured}`,
    indented(command),
    "The same command goes on where the recording stopped.",
    table(
      ["part", "measurements", "of", "fit for use"],
      stages.map(({ name: part, done, planned, valid }) => [part, String(done), String(planned), String(valid)]),
    ),
    `${protocol.rounds} ${protocol.rounds === 1 ? "round" : "rounds"}; at least ${protocol.minimumSamples} batches of each, until the median is known within ${protocol.targetPrecision * 100} % or ${protocol.budgetSeconds} s are spent.`,
    "## Networks",
    table(
      ["name", "engine", "batches", "kernels"],
      profile.workloads.map((workload) => [
        markdownText(workload.name),
        markdownCode(describeEngine(workload.engine)),
        workload.batches.join(", "),
        describeTrace(traces.find((trace) => trace.workload === workload.name)),
      ]),
    ),
    "## Device",
    ...Object.values(profile.environments).map((facts) =>
      table(
        ["fact", "value"],
        Object.entries(facts).map(([fact, value]) => [markdownText(fact), markdownText(value)]),
      ),
    ),
    "## Files",
    table(
      ["file", "what"],
      [
        [
          `\`${journalFile}\``,
          "everything as it was measured, with the raw samples; the other tables are derived from it",
        ],
        ...Object.values(profileFiles).map((file) => [
          `\`${file}\``,
          "the table, with what is needed to trust and repeat it",
        ]),
        [`\`${kernelsFolder}/\``, "a kernel trace of each network, where one could be recorded"],
      ],
    ),
    ...(warnings.length === 0
      ? []
      : [
          "## Doubts",
          warnings.map(({ where, cause, advice }) => `- ${markdownText(`${where}: ${cause}; ${advice}`)}`).join("\n"),
        ]),
  ]
    .join("\n\n")
    .concat("\n");
}

function span({ measurements }: Profile): string {
  const days = measurements.map(({ startedAt }) => startedAt.slice(0, 10)).sort();
  const [first, last] = [days[0], days.at(-1)];
  return first === last ? ` on ${first}` : ` from ${first} to ${last}`;
}

function describeEngine(engine: Profile["workloads"][number]["engine"]): string {
  const { engine: kind, ...rest } = engine;
  return `${kind} ${"model" in rest ? rest.model : JSON.stringify(rest)}`;
}

function describeTrace(trace: RecordingEnd["traces"][number] | undefined): string {
  if (trace === undefined) return "not asked for";
  return trace.file === null ? markdownText(`none: ${trace.reason}`) : markdownCode(trace.file);
}

function indented(command: string): string {
  return `    ${command.replaceAll("\n", " ")}`;
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [header, header.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
