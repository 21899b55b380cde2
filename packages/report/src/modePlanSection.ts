import type { ModeCheck, ModePlan, ModePromise, ModeReport, ModeTrace } from "@partitune/schema";
import { figure } from "./figure.ts";
import {
  formatEstimate,
  formatPercent,
  formatQuantity,
  formatSeconds,
  inWords,
  significant,
  unitOf,
} from "./formatQuantity.ts";
import { htmlTable } from "./htmlTable.ts";
import { html, type Markup } from "./markup.ts";
import { plots } from "./plots/index.ts";
import { verdictWords } from "./verdictWords.ts";

/** A mode plan with its verdicts: what is set, what takes turns, promise by promise, and what managing buys. */
export function modePlanSection(plan: ModePlan, report: ModeReport | undefined, traces: readonly ModeTrace[]): Markup {
  const all = [...(report?.traces ?? []), ...traces].filter(({ periods }) =>
    periods.some(({ inferences }) => inferences.length > 0),
  );
  return html`<section id="turns"><h2>Taking turns in ${plan.powerMode.name}</h2>
<p class="headline">${headline(plan)}</p>
${jobTable(plan)}
${promiseTable(plan.promises, report?.checks ?? [])}
${all.length === 0 ? null : figure(plots.sharedLatency(all, promisedLatencies(plan)))}
${all.length === 0 ? null : throughputTable(all)}
</section>`;
}

function headline({ device, powerMode, inferences, background }: ModePlan): string {
  const jobs = [...inferences.map(({ workload }) => workload), ...(background === null ? [] : [background.workload])];
  return `${device.name} in mode ${powerMode.name}: ${jobs.join(", then ")}.`;
}

function jobTable({ inferences, background }: ModePlan): Markup {
  const served = inferences.map(({ workload, batch, dispatcher, windowSeconds, expected }) => [
    workload,
    String(batch),
    `${dispatcher}, ${formatSeconds(windowSeconds)} between minibatches`,
    formatSeconds(expected.seconds),
    formatQuantity(expected.watts, "w"),
  ]);
  const beside =
    background === null
      ? []
      : [
          [
            background.workload,
            String(background.batch),
            `in the time that is left: ${background.policy}, at most ${formatSeconds(background.toleratedSeconds)} late`,
            formatSeconds(background.expected.seconds),
            formatQuantity(background.expected.watts, "w"),
          ],
        ];
  return htmlTable(
    "What takes turns, the most urgent first",
    ["job", "minibatch", "rule", "time", "power"],
    [...served, ...beside],
  );
}

function promiseTable(promises: readonly ModePromise[], checks: readonly ModeCheck[]): Markup {
  return htmlTable(
    "Promise by promise",
    ["subject", "promise", "expected", "simulated", "measured", "verdict"],
    promises.map((promise) => {
      const unit = unitOf(promise.metric);
      const judged = checks.find((check) => check.promise.id === promise.id);
      return [
        promise.subject,
        `${inWords(promise.metric)} ${promise.relation === "at-most" ? "≤" : "≥"} ${formatQuantity(promise.target, unit)}`,
        formatEstimate(promise.predicted, unit),
        formatEstimate(judged?.simulated?.estimate ?? null, unit),
        formatEstimate(judged?.measured ?? null, unit),
        judged === undefined ? "not judged" : verdictCell(judged),
      ];
    }),
  );
}

function verdictCell({ verdict, why }: ModeCheck): Markup {
  return html`<strong class="${verdict}">${verdictWords[verdict]}</strong><br><small>${why}</small>`;
}

function promisedLatencies({ promises }: ModePlan): Readonly<Record<string, number>> {
  return Object.fromEntries(
    promises.filter(({ metric }) => metric === "worst_response_s").map(({ subject, target }) => [subject, target]),
  );
}

function throughputTable(traces: readonly ModeTrace[]): Markup {
  return htmlTable(
    "Run by run",
    ["sharing", "source", "arrivals", "requests", "background minibatches/s", "busy", "mean power"],
    traces.flatMap(({ sharing, source, arrivals, periods }) =>
      periods.map(({ inferences, background, busyFraction, meanWatts }) => [
        sharing,
        source,
        arrivals,
        String(inferences.reduce((sum, { requests }) => sum + requests, 0)),
        background === null ? "–" : significant(background.minibatchesPerSecond),
        formatPercent(busyFraction),
        meanWatts === null ? "–" : formatQuantity(meanWatts, "w"),
      ]),
    ),
  );
}
