import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { temporaryFolder } from "../../fixtures/temporaryFolder.ts";

/** An event of a made-up trace; times as they stand in the text. */
export interface SyntheticEvent {
  readonly cat: string;
  readonly name: string;
  readonly ts: string;
  readonly dur?: string;
  readonly ph?: string;
  readonly pid?: number | string;
  readonly args?: Readonly<Record<string, unknown>>;
}

export const made = { tool: "test", at: "2026-01-01T00:00:00.000Z", seed: null, inputs: [] };

/** The text of an event in the layout of Kineto, digits of times as given. */
export function eventText({ cat, name, ts, dur, ph = "X", pid = 7, args = {} }: SyntheticEvent): string {
  const duration = dur === undefined ? "" : `, "dur": ${dur}`;
  return `{"ph": "${ph}", "cat": "${cat}", "name": ${JSON.stringify(name)}, "pid": ${JSON.stringify(pid)}, "tid": 7,
    "ts": ${ts}${duration}, "args": ${JSON.stringify(args)}}`;
}

const properties = [{ id: 0, name: "synthetic device", numSms: 100 }];

/** The text of a trace with these events. */
export function traceText(events: readonly SyntheticEvent[]): string {
  return `{"schemaVersion": 1, "deviceProperties": ${JSON.stringify(properties)}, "traceEvents": [
${events.map(eventText).join(",\n")}
], "traceName": "synthetic.json", "displayTimeUnit": "ms"}`;
}

/** A made-up file; packed when its name ends in .gz. */
export function writeTrace(text: string, name = "synthetic.json"): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, name.endsWith(".gz") ? gzipSync(text) : text);
  return path;
}

export interface SyntheticKernel {
  readonly launch: number;
  readonly start: number;
  readonly duration: number;
  readonly correlation: number;
  readonly name?: string;
  readonly device?: number;
  readonly stream?: number;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** A kernel and its launch; times in µs. */
export function kernelEvents({ launch, start, duration, correlation, name = "k", more = {}, ...at }: SyntheticKernel) {
  const { device = 0, stream = 7 } = at;
  const args = { device, stream, correlation, grid: [1, 1, 1], block: [32, 1, 1], ...more };
  return [
    launchEvent(launch, correlation),
    { cat: "kernel", name, ts: `${start}`, dur: `${duration}`, pid: device, args },
  ];
}

export function launchEvent(ts: number, correlation: number, name = "cudaLaunchKernel"): SyntheticEvent {
  return { cat: "cuda_runtime", name, ts: `${ts}`, dur: "2", args: { cbid: 211, correlation } };
}

export function stepEvent(number: number, start: number, duration: number): SyntheticEvent {
  return { cat: "user_annotation", name: `ProfilerStep#${number}`, ts: `${start}`, dur: `${duration}`, args: {} };
}
