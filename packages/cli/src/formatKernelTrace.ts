import type { KernelStep, KernelTrace } from "@partitune/schema";
import { formatPercent, formatSeconds } from "./formatNumbers.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./printTable.ts";

/** A kernel trace in short: its size, how busy the device is, why it idles, and what the importer left out. */
export function formatKernelTrace(trace: KernelTrace): string {
  const { task, format, deviceName, multiprocessors, synthetic } = trace;
  const device = deviceName ?? "a device that the trace does not name";
  const size = multiprocessors === null ? "" : ` (${multiprocessors} multiprocessors)`;
  const title = `${task} on ${device}${size}, from ${format}${synthetic ? ", synthetic" : ""}`;
  return `${printable(title)}\n\n${formatTable(facts(trace), [
    { header: "of the trace", text: ([what]) => what },
    { header: "", text: ([, value]) => value, right: true },
  ])}${formatDropped(trace)}`;
}

function facts({ steps, identities, gapsKnown, between }: KernelTrace): readonly (readonly [string, string])[] {
  const busy = total(steps, ({ durations }) => durations);
  const perStep = (ns: number) => formatSeconds(ns / 1e9 / steps.length);
  const sizes = steps.map((step) => step.identities.length);
  const [least, most] = [sizes.reduce((a, b) => Math.min(a, b)), sizes.reduce((a, b) => Math.max(a, b))];
  const counts = [
    ["steps", String(steps.length)],
    ["operations per step", least === most ? String(least) : `${least} to ${most}`],
    ["identities (name, grid, block)", String(identities.length)],
    ["busy time per step, mean", perStep(busy)],
  ] as const;
  if (!gapsKnown) return [...counts, ["idle time", "not known"]];
  const idle = total(steps, ({ idles }) => idles);
  const [empty, stalled] = [idleOfKind(steps, 1), idleOfKind(steps, 2)];
  return [
    ...counts,
    ["busy share inside steps", formatPercent(busy / Math.max(1, busy + idle))],
    ["idle time per step, mean", perStep(idle)],
    ["  nothing more launched", perStep(empty)],
    ["  launched, but waiting", perStep(stalled)],
    ["  shorter than 10 µs, launched", perStep(idle - empty - stalled)],
    ...(between.length === 0
      ? []
      : [["idle time between steps, mean", formatSeconds(sum(between) / 1e9 / between.length)] as const]),
  ];
}

function formatDropped({ dropped }: KernelTrace): string {
  if (dropped.length === 0) return "\nnothing was left out\n";
  return `\n${formatTable(dropped, [
    { header: "left out", text: ({ what }) => what },
    { header: "", text: ({ count }) => String(count), right: true },
  ])}`;
}

function total(steps: readonly KernelStep[], column: (step: KernelStep) => readonly number[]): number {
  return steps.reduce((all, step) => all + sum(column(step)), 0);
}

function idleOfKind(steps: readonly KernelStep[], kind: number): number {
  return total(steps, ({ idles, idleKinds }) => idles.filter((_, i) => idleKinds[i] === kind));
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
