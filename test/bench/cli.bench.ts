import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { BenchRow } from "./benchRow.ts";
import { medianSeconds } from "./medianSeconds.ts";

const limitSeconds = 0.2;
const main = join(import.meta.dirname, "../../packages/cli/src/main.ts");

/** The help of the command line as a whole process, and Node alone for comparison. */
export async function bench(): Promise<BenchRow[]> {
  const help = () => execFileSync(process.execPath, [main, "--help"], { encoding: "utf8" });
  assert.match(help(), /quickstart/);
  const value = medianSeconds(help, 15);
  const node = medianSeconds(() => execFileSync(process.execPath, ["--eval", "0"]), 15);
  return [
    { name: "partitune --help", target: `≤ ${limitSeconds} s`, value, unit: "s", met: value <= limitSeconds },
    { name: "Node alone, starting and ending", value: node, unit: "s", met: null },
  ];
}
