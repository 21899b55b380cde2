import { type AnyContent, formatPartition, loadAny, type Profile } from "@partitune/schema";
import { Command } from "commander";
import { formatFront } from "../formatFront.ts";
import { formatPercent, formatSecondsEstimate, significant } from "../formatNumbers.ts";
import { formatPlan } from "../formatPlan.ts";
import { formatReport } from "../formatReport.ts";
import { formatTrace } from "../formatTrace.ts";
import { formatTable } from "../printTable.ts";
import { formatFits } from "./fit.ts";

export function showCommand(): Command {
  return new Command("show")
    .description("Prints any partitune file as a table.")
    .argument("<path>", "a profile folder or table, or any JSON file of partitune")
    .option("--json", "print the checked content as JSON")
    .addHelpText("after", "\nExample:\n  $ partitune show profiles/r18")
    .action((path: string, options: { json?: boolean }) => {
      const content = loadAny(path);
      process.stdout.write(options.json === true ? `${JSON.stringify(content)}\n` : formatContent(content));
    });
}

function formatContent(content: AnyContent): string {
  switch (content.kind) {
    case "profile":
      return formatProfile(content);
    case "surrogate":
      return formatFits(content);
    case "plan":
      return formatPlan(content);
    case "pareto-front":
      return formatFront(content);
    case "trace":
      return formatTrace(content);
    case "report":
      return formatReport(content);
    case "demands":
      return formatTable(content.demands, [
        { header: "workload", text: (row) => row.workload },
        { header: "rate/s", text: (row) => significant(row.ratePerSecond), right: true },
        { header: "deadline", text: (row) => `${significant(row.deadlineSeconds * 1000)} ms`, right: true },
        { header: "percentile", text: (row) => `p${significant(row.percentile * 100)}`, right: true },
      ]);
    case "problem":
      return content.settings
        .map((setting) =>
          formatTable(
            setting.groups.flatMap((group) => group.choices),
            [
              { header: `choice (${setting.name})`, text: (row) => row.id },
              {
                header: `${content.objective.name} ${content.objective.unit}`,
                text: (row) => significant(row.cost),
                right: true,
              },
              { header: "utilisation", text: (row) => formatPercent(row.expected.utilisation), right: true },
              { header: "response", text: (row) => formatSecondsEstimate(row.expected.responseSeconds), right: true },
              { header: "why not", text: (row) => row.violations.map((violation) => violation.text).join("; ") },
            ],
          ),
        )
        .join("\n");
  }
}

/** One line per measurement; percentiles with their 99 % intervals. */
function formatProfile(profile: Profile): string {
  const title = `${profile.device.name} (${profile.device.processor}, ${profile.device.cores} cores)${profile.device.synthetic ? ", synthetic" : ""}\n`;
  return (
    title +
    formatTable(profile.measurements, [
      { header: "workload", text: (row) => row.point.config.workload },
      { header: "partition", text: (row) => formatPartition(row.point.config.partition) },
      { header: "batch", text: (row) => String(row.point.config.batch), right: true },
      { header: "round", text: (row) => `${row.point.round}${row.baseline ? " baseline" : ""}` },
      { header: "n", text: (row) => resultText(row, (results) => String(results.samples)), right: true },
      {
        header: "p50",
        text: (row) => resultText(row, (results) => formatSecondsEstimate(results.latency.p50)),
        right: true,
      },
      {
        header: "p90",
        text: (row) => resultText(row, (results) => formatSecondsEstimate(results.latency.p90)),
        right: true,
      },
      {
        header: "p99",
        text: (row) => resultText(row, (results) => formatSecondsEstimate(results.latency.p99)),
        right: true,
      },
      {
        header: "requests/s",
        text: (row) => resultText(row, (results) => significant(results.throughputPerSecond)),
        right: true,
      },
      {
        header: "flags",
        text: (row) =>
          row.outcome.kind === "measured" ? row.flags.join(", ") : `${row.outcome.kind}: ${row.outcome.reason}`,
      },
    ])
  );
}

type Row = Profile["measurements"][number];

function resultText(
  row: Row,
  text: (results: Extract<Row["outcome"], { kind: "measured" }>["results"]) => string,
): string {
  return row.outcome.kind === "measured" ? text(row.outcome.results) : "–";
}
