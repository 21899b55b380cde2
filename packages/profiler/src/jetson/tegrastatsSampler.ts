import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Seconds } from "@partitune/schema";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import { type BoardSampler, samplingPeriod } from "./boardSampler.ts";
import { parseTegrastats, type TegrastatsLine } from "./parseTegrastats.ts";
import type { BoardPrograms } from "./programs.ts";
import type { BoardSample } from "./sampleBoard.ts";

/** A line that has not come by then does not come any more. */
const patience: Seconds = 5;

/**
 * Samples a board by its own tegrastats, for boards whose power monitors cannot be read as files.
 *
 * @param program  its path
 * @param onSample  told of each line as it comes, with the time of its arrival
 */
export function startTegrastats(
  program: string,
  programs: BoardPrograms,
  periodSeconds: Seconds,
  onSample: (sample: BoardSample) => void,
): BoardSampler {
  const child = spawn(program, ["--interval", String(Math.round(periodSeconds * 1e3))], {
    env: { ...process.env, PATH: programs.searchPath },
    stdio: ["ignore", "pipe", "ignore"],
  });
  child.unref();
  let waiting: { readonly resolve: (sample: BoardSample) => void; readonly reject: (error: Error) => void }[] = [];
  let last: BoardSample | undefined;
  let ended: Error | undefined;
  const end = (reason: string) => {
    ended ??= new Error(reason);
    for (const { reject } of waiting) reject(ended);
    waiting = [];
  };
  createInterface({ input: child.stdout }).on("line", (line) => {
    const parsed = parseTegrastats(line);
    if (parsed === undefined) return;
    last = toSample(parsed, monotonicSeconds());
    onSample(last);
    for (const { resolve } of waiting) resolve(last);
    waiting = [];
  });
  const gone = new Promise<void>((resolve) => {
    child.on("error", (error) => {
      end(`tegrastats could not be started: ${error.message}`);
      resolve();
    });
    child.on("close", (code) => {
      end(`tegrastats has ended with exit code ${code}`);
      resolve();
    });
  });
  return {
    /** Lines come by themselves: the last one is as recent as any can be. */
    sample: () =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        if (last !== undefined && monotonicSeconds() - last.time < 2 * periodSeconds) return resolve(last);
        waiting.push({ resolve, reject });
        setTimeout(() => reject(new Error(`tegrastats said nothing for ${patience} s`)), patience * 1e3).unref();
      }),
    async close() {
      if (ended === undefined) child.kill("SIGTERM");
      await gone;
    },
  };
}

/** One line of tegrastats; undefined where there is no such program, or it says nothing. */
export async function readTegrastats(programs: BoardPrograms): Promise<BoardSample | undefined> {
  const program = programs.find("tegrastats");
  if (program === undefined) return undefined;
  const sampler = startTegrastats(program, programs, samplingPeriod, () => {});
  return sampler
    .sample()
    .catch(() => undefined)
    .finally(() => sampler.close());
}

/** Of the temperatures the chip's hottest place, where it is told. */
function toSample(line: TegrastatsLine, time: Seconds): BoardSample {
  const zones = [...line.temperatures];
  const junction = zones.filter(([zone]) => /^tj$/i.test(zone));
  const chip = junction.length > 0 ? junction : zones.filter(([zone]) => /^(cpu|gpu|bcpu|mcpu|aux|soc\d)$/i.test(zone));
  return {
    time,
    watts: line.watts.size === 0 ? undefined : line.watts,
    ...(line.watts.size === 0 ? { reason: "tegrastats tells no power" } : {}),
    gpuHertz: line.gpuHertz,
    memoryHertz: line.memoryHertz,
    temperatureCelsius: chip.length === 0 ? undefined : Math.max(...chip.map(([, degrees]) => degrees)),
    busyFraction: line.gpuBusy,
    throttleEvents: undefined,
    isHot: undefined,
  };
}
