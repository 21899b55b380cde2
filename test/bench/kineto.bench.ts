import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchRow } from "./benchRow.ts";
import { writeKinetoTrace } from "./kineto/writeKinetoTrace.ts";

const targetSpeed = 80;
const targetPeak = 600;
/** JSON.parse ends at 536,870,888 characters. */
const beyondStrings = 6e8;
/** With this in the environment, the trace of the target is written and read: 2 GB of disk, half a minute. */
const large = process.env.PARTITUNE_BENCH_LARGE === "1" ? 2e9 : beyondStrings;

interface Taken {
  readonly steps: readonly number[];
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly peakBytes: number;
}

/** Importing synthetic Kineto traces in processes of their own; and JSON.parse of one that it can still read, to compare. */
export async function bench(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "partitune-bench-"));
  const path = join(folder, "synthetic.pt.trace.json");
  try {
    return [...importRows(path, large), ...parseRows(path, 2e8)];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function importRows(path: string, bytes: number): BenchRow[] {
  const written = writeKinetoTrace(path, { bytes, operationsPerStep: 1500 });
  const taken = take(path, "import");
  assert.deepEqual(taken.steps, new Array(written.steps).fill(1500));
  const size = `${(written.bytes / 1e9).toFixed(1)} GB`;
  const speed = written.bytes / 1e6 / taken.processorSeconds;
  const peak = taken.peakBytes / 1e6;
  return [
    {
      name: `import a synthetic Kineto trace of ${size}, whole process`,
      target: `≥ ${targetSpeed} MB/s of one core`,
      value: speed,
      unit: "MB/s",
      met: speed >= targetSpeed,
      note: `${written.operations} operations in ${written.steps} steps; per second of processor time, all threads; ${(written.bytes / 1e6 / taken.seconds).toFixed(0)} MB/s by the clock`,
    },
    {
      name: `peak memory of importing ${size}`,
      target: `≤ ${targetPeak} MB for 2 GB`,
      value: peak,
      unit: "MB",
      met: bytes >= 2e9 ? peak <= targetPeak : null,
      note: bytes >= 2e9 ? "resident set" : "resident set; the 2 GB trace with PARTITUNE_BENCH_LARGE=1",
    },
  ];
}

function parseRows(path: string, bytes: number): BenchRow[] {
  const written = writeKinetoTrace(path, { bytes, operationsPerStep: 1500 });
  const [parsed, imported] = [take(path, "parse"), take(path, "import")];
  assert.deepEqual(parsed.steps, [written.operations]);
  const row = (name: string, { processorSeconds, peakBytes }: Taken): BenchRow => ({
    name,
    value: written.bytes / 1e6 / processorSeconds,
    unit: "MB/s",
    met: null,
    note: `per second of processor time; peak ${(peakBytes / 1e6).toFixed(0)} MB`,
  });
  return [row("JSON.parse of 0.2 GB alone, the same layout", parsed), row("import of the same 0.2 GB", imported)];
}

function take(path: string, how: "import" | "parse"): Taken {
  const script = join(import.meta.dirname, "kineto/importOnce.ts");
  return JSON.parse(execFileSync(process.execPath, [script, path, how], { encoding: "utf8" })) as Taken;
}
