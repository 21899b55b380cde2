// Runs the benchmarks (all, or those whose file names hold the argument) one after the other, and prints one table.
import { readdirSync } from "node:fs";
import { arch, cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import type { BenchRow } from "./benchRow.ts";
import { formatBench, formatBenchMarkdown } from "./formatBench.ts";

const { values, positionals } = parseArgs({
  options: { markdown: { type: "boolean", default: false } },
  allowPositionals: true,
});
const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(".bench.ts"))
  .filter((name) => positionals.length === 0 || positionals.some((part) => name.includes(part)))
  .sort();

const rows: BenchRow[] = [];
for (const [i, file] of files.entries()) {
  const start = performance.now();
  process.stderr.write(`${i + 1}/${files.length} ${file} …\n`);
  rows.push(...(await runFile(file)));
  process.stderr.write(`${i + 1}/${files.length} ${file} took ${((performance.now() - start) / 1000).toFixed(1)} s\n`);
}
process.stdout.write(`${machine()}\n\n${values.markdown ? formatBenchMarkdown(rows) : formatBench(rows)}`);
const missed = rows.filter(({ met }) => met === false);
process.stdout.write(
  missed.length === 0 ? "\nevery target met\n" : `\ntargets missed: ${missed.map(({ name }) => name).join("; ")}\n`,
);

/** A benchmark that fails its own check does not stop the others, but the exit code tells. */
async function runFile(file: string): Promise<readonly BenchRow[]> {
  try {
    const { bench } = (await import(`./${file}`)) as { bench: () => Promise<BenchRow[]> };
    return await bench();
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(`${file} failed: ${error instanceof Error ? error.stack : String(error)}\n`);
    return [];
  }
}

function machine(): string {
  const processors = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return `${processors[0]?.model.trim() ?? arch()}, ${processors.length} cores, ${memory}, Node ${process.version}`;
}
