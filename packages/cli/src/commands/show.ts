import { type AnyContent, type Engine, loadAny } from "@partitune/schema";
import { Command } from "commander";
import { formatEvaluation } from "../formatEvaluation.ts";
import { formatFleetPlan } from "../formatFleetPlan.ts";
import { formatFleetSchedule } from "../formatFleetSchedule.ts";
import { formatFleetTrace } from "../formatFleetTrace.ts";
import { formatFleetTransition } from "../formatFleetTransition.ts";
import { formatFront } from "../formatFront.ts";
import { formatInterference } from "../formatInterference.ts";
import { formatKernelFillPlan } from "../formatKernelFillPlan.ts";
import { formatKernelOverlap } from "../formatKernelOverlap.ts";
import { formatKernelProfile } from "../formatKernelProfile.ts";
import { formatKernelSharing } from "../formatKernelSharing.ts";
import { formatKernelTrace } from "../formatKernelTrace.ts";
import { formatModePlan, formatModeSchedule } from "../formatModePlan.ts";
import { formatModeReport } from "../formatModeReport.ts";
import { formatModeSearch } from "../formatModeSearch.ts";
import { formatModeTrace } from "../formatModeTrace.ts";
import {
  formatEstimate,
  formatPercent,
  formatPercentile,
  formatQuantity,
  formatSeconds,
  significant,
} from "../formatNumbers.ts";
import { formatPlan } from "../formatPlan.ts";
import { formatProfile } from "../formatProfile.ts";
import { formatReport } from "../formatReport.ts";
import { formatSharingComparison } from "../formatSharingComparison.ts";
import { formatResponseTimes, formatSchedulability, formatTaskSet } from "../formatTaskSet.ts";
import { formatTrace } from "../formatTrace.ts";
import { formatTable } from "../printTable.ts";
import { printJson } from "../writeOutput.ts";
import { formatFits } from "./fit.ts";

export function showCommand(): Command {
  return new Command("show")
    .description("Prints any partitune file as a table.")
    .argument("<path>", "a profile folder or table, or any JSON file of partitune")
    .option("--json", "print the checked content as JSON")
    .addHelpText("after", "\nExample:\n  $ partitune show profiles/r18")
    .action((path: string, options: { json?: boolean }) => {
      const content = loadAny(path);
      if (options.json === true) printJson(content);
      else process.stdout.write(formatContent(content));
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
    case "evaluation":
      return formatEvaluation(content);
    case "mode-search":
      return formatModeSearch(content);
    case "mode-plan":
      return formatModePlan(content);
    case "mode-schedule":
      return formatModeSchedule(content);
    case "mode-trace":
      return formatModeTrace(content);
    case "mode-report":
      return formatModeReport(content);
    case "interference":
      return formatInterference(content);
    case "fleet-plan":
      return formatFleetPlan(content);
    case "fleet-schedule":
      return formatFleetSchedule(content);
    case "fleet-transition":
      return formatFleetTransition(content);
    case "fleet-trace":
      return formatFleetTrace(content);
    case "fleet-report":
      return formatReport(content);
    case "sharing-comparison":
      return formatSharingComparison(content);
    case "kernel-trace":
      return formatKernelTrace(content);
    case "kernel-profile":
      return formatKernelProfile(content);
    case "kernel-fill-plan":
      return formatKernelFillPlan(content);
    case "kernel-sharing":
      return formatKernelSharing(content);
    case "kernel-overlap":
      return formatKernelOverlap(content);
    case "task-set":
      return formatTaskSet(content);
    case "response-times":
      return formatResponseTimes(content);
    case "schedulability":
      return formatSchedulability(content);
    case "workloads":
      return formatTable(content.workloads, [
        { header: "workload", text: (row) => row.name },
        { header: "task", text: (row) => row.task },
        { header: "batches", text: (row) => row.batches?.join(", ") ?? "the command's" },
        { header: "engine", text: (row) => row.engine.engine },
        { header: "started as", text: (row) => formatEngine(row.engine) },
      ]);
    case "demands":
      return formatTable(content.demands, [
        { header: "workload", text: (row) => row.workload },
        { header: "rate", text: (row) => formatQuantity(row.ratePerSecond, "per_s"), right: true },
        { header: "deadline", text: (row) => formatSeconds(row.deadlineSeconds), right: true },
        { header: "percentile", text: (row) => formatPercentile(row.percentile), right: true },
      ]);
    case "problem":
      return content.settings
        .map((setting) =>
          formatTable(
            setting.groups.flatMap((group) => group.choices),
            [
              { header: `choice (${setting.name})`, text: (row) => row.id },
              {
                header: `${content.objective.name} (${content.objective.unit})`,
                text: (row) => significant(row.cost),
                right: true,
              },
              { header: "utilisation", text: (row) => formatPercent(row.expected.utilisation), right: true },
              { header: "response", text: (row) => formatEstimate(row.expected.responseSeconds, "s"), right: true },
              { header: "why not", text: (row) => row.violations.map((violation) => violation.text).join("; ") },
            ],
          ),
        )
        .join("\n");
  }
}

function formatEngine(engine: Engine): string {
  switch (engine.engine) {
    case "onnx":
    case "pytorch":
    case "tensorflow":
      return engine.model;
    case "kserve":
      return `${engine.model} at ${URL.canParse(engine.url) ? new URL(engine.url).origin : ""}`;
    case "command":
      return engine.command.join(" ");
    case "synthetic":
      return `${formatSeconds(engine.fixedSeconds)} and ${formatSeconds(engine.perItemSeconds)} per request`;
    case "synthetic-board":
    case "synthetic-card":
      return `formula ${engine.workload}`;
    case "recorded":
      return `not started, known from ${engine.source}`;
    case "idle":
      return "nothing";
  }
}
