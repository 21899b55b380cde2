// Imports one trace in a process of its own, and prints what it took; with "parse" as second argument JSON.parse does, to compare.
import { readFileSync } from "node:fs";
import { importKernels } from "@partitune/profiler";

const [path = "", how = "import"] = process.argv.slice(2);
const start = performance.now();
const steps = how === "parse" ? parse() : await importSteps();
const { user, system } = process.cpuUsage();
process.stdout.write(
  JSON.stringify({
    steps,
    seconds: (performance.now() - start) / 1000,
    processorSeconds: (user + system) / 1e6,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
);

/** Operations of each step. */
async function importSteps(): Promise<readonly number[]> {
  const made = { tool: "bench", at: "2026-01-31T12:00:00Z", seed: null, inputs: [] };
  const imported = await importKernels(path, { task: "bench", made });
  return imported.status === "imported" ? imported.trace.steps.map(({ identities }) => identities.length) : [];
}

function parse(): readonly number[] {
  const { traceEvents } = JSON.parse(readFileSync(path, "utf8")) as {
    readonly traceEvents: readonly { cat?: string }[];
  };
  return [traceEvents.filter(({ cat }) => cat === "kernel").length];
}
