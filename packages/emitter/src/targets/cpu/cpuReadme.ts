import { formatPartition, type Plan } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { markdownCode as code } from "../../markdownCode.ts";
import { printable } from "../../printable.ts";

/** Words for the operator of a bundle, in Markdown. */
export function cpuReadme(plan: Plan, options: EmitOptions): string {
  const synthetic = plan.synthetic
    ? "\n**This plan rests on synthetic measurements. Its promises are examples.**\n"
    : "";
  const placements = plan.placements.map(
    ({ id, config, threads }) =>
      `- ${code(id)}: workload ${code(config.workload)} on ${code(formatPartition(config.partition))}, batches up to ${config.batch}, ${threads} threads`,
  );
  const promises = plan.promises.map(
    ({ subject, metric, percentile, relation, target }) =>
      `- ${code(subject)}: ${metric}${percentile === null ? "" : ` at percentile ${percentile * 100}`} ${relation.replace("-", " ")} ${target}`,
  );
  return `# Plan ${code(options.name)}, for the processor of a Linux machine
${synthetic}
Made for ${code(printable(plan.device.processor))} with ${plan.device.cores} cores. Expects partitune in ${code(options.home)} and
starts workloads from ${code(options.directory)}.

    ./check.sh     can this machine run it? one line for each thing looked at
    ./start.sh     start every placement under its share; may be repeated
    ./status.sh    does every placement serve?
    ./stop.sh      stop all and remove every trace; may be repeated

Each placement serves on a Unix domain socket that start.sh names: a line \`{"type":"request","id":1}\` is answered by a line
\`{"id":1,"queue_s":…,"service_s":…,"batch":…}\`.

## Placements

${placements.join("\n")}

## Promises

${promises.join("\n")}

## What to know

- Processes, sockets and logs stand in \`\${XDG_RUNTIME_DIR:-/tmp}/partitune-UID\`, or in the folder that \`PARTITUNE_RUN_DIR\` names. stop.sh
  removes the logs: copy them first.
- Shares are held by control groups, which need root or a group delegated to you (\`PARTITUNE_CGROUP\` names it, cgroup v2).
  Without them, workers pause between batches; check.sh says which it is, and why.
- On cgroup v2, start.sh passes the cpu controller on to groups if nobody did, and stop.sh leaves it so: others may rely on it.
- \`placements.sh\` is the plan as shell text, \`plan.json\` the plan itself.
`;
}
