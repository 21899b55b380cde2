import type { ModePlan } from "@partitune/schema";
import type { EmitOptions } from "../../emission.ts";
import { markdownCode as code } from "../../markdownCode.ts";

/** Words for the operator of workloads that take turns, in Markdown. */
export function interleaveReadme(plan: ModePlan, { name, home, directory }: EmitOptions): string {
  const synthetic = plan.synthetic
    ? "\n**This plan rests on synthetic measurements. Its promises are examples.**\n"
    : "";
  const { inferences, background, promises } = plan;
  const served = inferences.map(
    ({ workload, batch, dispatcher, windowSeconds }, n) =>
      `- \`${n}.sock\`: ${code(workload)}, minibatches of up to ${batch}, ${dispatcher}, ${windowSeconds} s between them`,
  );
  const between =
    background === null
      ? "- nothing runs in between"
      : `- in between ${code(background.workload)}, minibatches of ${background.batch}, ${background.policy}, at most ${background.toleratedSeconds} s late`;
  return `# Plan ${code(name)}: workloads that take turns on ${code(plan.device.name)}
${synthetic}
    ./check.sh    can this machine run it? one line for each thing looked at
    ./start.sh    starts the workers and serves until asked to end (SIGTERM, Ctrl-C)

start.sh stays in the foreground, as a service manager expects it. Made for ${plan.device.cores} cores in power mode
${code(plan.powerMode.name)}; expects partitune in ${code(home)} and starts workloads from ${code(directory)}. One minibatch runs at a
time and none is interrupted; a ready minibatch of an inference goes first, that of the first inference before the others'. The plan
takes the device for its own: where that may be done, its processes run before those of other programs.

## Turns

${[...served, between].join("\n")}

Sockets stand in \`\${XDG_RUNTIME_DIR:-/tmp}/partitune-UID\`, or in the folder that \`PARTITUNE_RUN_DIR\` names: a line
\`{"type":"request","id":1}\` is answered by a line \`{"id":1,"queue_s":…,"service_s":…,"batch":…,"end_s":…}\`. \`start.sh
--log=FILE\` writes every minibatch down.

## Promises

${promises.map(({ subject, metric, relation, target }) => `- ${code(subject)}: ${metric} ${relation.replace("-", " ")} ${target}`).join("\n")}
`;
}
