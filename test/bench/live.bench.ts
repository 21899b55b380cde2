import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { quantile } from "@partitune/numerics";
import { outcomes, type StreamSamples } from "../../packages/profiler/src/live/load.ts";
import { generateLoad } from "../../packages/profiler/src/live/loadGenerator.ts";
import type { BenchRow } from "./benchRow.ts";

const repository = resolve(import.meta.dirname, "../..");
const serviceMilliseconds = 10;
const ratePerSecond = 40;

/** What measuring a plan in service adds: requests sent late, and time between server, engine and load generator. */
export async function bench(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "partitune-bench-"));
  const socket = join(folder, "s.sock");
  const server = spawn("node", [
    join(repository, "packages/profiler/src/live/serve.ts"),
    `--socket=${socket}`,
    "--",
    "node",
    join(repository, "test/emitter/fixtures/fakeEngine.mjs"),
    `--service-ms=${serviceMilliseconds}`,
  ]);
  try {
    while (!existsSync(socket)) await sleep(10);
    const arrivals = { kind: "poisson", ratePerSecond } as const;
    const streams = [{ placement: "a", socket, arrivals }];
    const load = { streams, warmupSeconds: 1, durationSeconds: 10, timeoutSeconds: 2, seed: 1 };
    const [samples] = await generateLoad(load, () => {});
    if (!samples!.outcome.every((outcome) => outcome === outcomes.answered))
      throw new Error("a request was not answered");
    return rows(samples!);
  } finally {
    server.kill("SIGTERM");
    rmSync(folder, { recursive: true });
  }
}

function rows({ intended, sent, end, queue, service }: StreamSamples): BenchRow[] {
  const inWindow = Array.from(intended.keys()).filter((i) => intended[i]! >= 1);
  const sorted = (read: (i: number) => number) => Float64Array.from(inWindow, read).sort();
  const response = quantile(
    sorted((i) => end[i]! - intended[i]!),
    0.5,
  );
  const late =
    quantile(
      sorted((i) => sent[i]! - intended[i]!),
      0.99,
    ) / response;
  const outside = quantile(
    sorted((i) => end[i]! - sent[i]! - queue[i]! - service[i]!),
    0.5,
  );
  const name = `load at ${ratePerSecond} requests/s of ${serviceMilliseconds} ms`;
  return [
    { name: `${name}: p99 lateness over median response`, value: late, unit: "1", target: "≤ 0.05", met: late <= 0.05 },
    { name: `${name}: median time outside of queue and engine`, value: outside, unit: "s", met: null },
  ];
}
