import type { StepWindow } from "./deviceOperations.ts";
import { openLaunchColumns, openOperationColumns } from "./kinetoColumns.ts";
import { kinetoDevices } from "./kinetoDevices.ts";
import { type KinetoEventClass, kinetoEventClass } from "./kinetoEventClass.ts";
import { argumentFields, eventField, eventFields } from "./kinetoFields.ts";
import type { KinetoDevice, KinetoRecords } from "./kinetoRecords.ts";
import { nanosecondsOf, openMicrosecondClock } from "./microseconds.ts";
import type { FileChunks } from "./readChunks.ts";
import { scanObject } from "./scanJson.ts";
import { scanTraceEvents } from "./scanTraceEvents.ts";
import { openTextInterner } from "./textInterner.ts";

/** A question about a field's bytes. */
type ByteTest = (bytes: Uint8Array, start: number, end: number) => boolean;

/**
 * Reads what concerns devices out of a Kineto trace, and nothing else: no call stacks, paths, or names of processes.
 *
 * @param marker name of the annotations that enclose steps, alone or followed by # and a number
 */
export async function collectKineto({ chunks, damage }: FileChunks, marker: string): Promise<KinetoRecords> {
  const events = openEventCollector(marker);
  let devices: readonly KinetoDevice[] = [];
  const end = await scanTraceEvents(chunks, {
    fields: eventFields,
    keep: events.keep,
    event: events.add,
    headers: ["deviceProperties"],
    header: (_, json) => {
      devices = kinetoDevices(json);
    },
  });
  return { ...events.records(), devices, end, damage: damage() };
}

function openEventCollector(marker: string) {
  const clock = openMicrosecondClock();
  const texts = openTextInterner();
  const operations = openOperationColumns(texts);
  const launches = openLaunchColumns(texts);
  const windows: StepWindow[] = [];
  const annotations = new Map<number, number>();
  const isStep = markerTest(marker);
  const classAt = classReader();
  const argumentSpans = new Int32Array(2 * argumentFields.count);
  const unsound = { withoutTime: 0, negative: 0 };
  let current: KinetoEventClass = "ignored";

  const keep = (field: number, bytes: Uint8Array, start: number, end: number): boolean => {
    if (field === eventField.ph) return isComplete(bytes, start, end);
    if (field === eventField.cat) {
      current = classAt(bytes, start, end);
      return current !== "ignored";
    }
    if (field !== eventField.name || current !== "operator" || isStep(bytes, start, end)) return true;
    current = "ignored";
    return false;
  };
  const add = (bytes: Uint8Array, spans: Int32Array): void => {
    current = "ignored";
    const [ph, cat, name] = [spans[0]!, spans[2 * eventField.cat]!, spans[2 * eventField.name]!];
    if (ph < 0 || cat < 0 || name < 0) return;
    const kind = classAt(bytes, cat, spans[2 * eventField.cat + 1]!);
    if (kind === "ignored") return;
    const start = timeAt(clock.since, bytes, spans, eventField.ts);
    const duration = timeAt(nanosecondsOf, bytes, spans, eventField.dur);
    if (kind === "annotation" || kind === "operator") addAnnotation(bytes, spans, kind, start, duration);
    else addWork(bytes, spans, kind, start, duration);
  };
  const addWork = (
    bytes: Uint8Array,
    spans: Int32Array,
    kind: "kernel" | "memory" | "launch",
    start: number,
    duration: number,
  ): void => {
    const unknown = Number.isNaN(start) || (kind !== "launch" && !Number.isSafeInteger(start + duration));
    if (unknown || (kind !== "launch" && duration < 0)) {
      if (kind !== "launch") unsound[unknown ? "withoutTime" : "negative"]++;
      return;
    }
    const from = spans[2 * eventField.args]!;
    if (from < 0 || bytes[from] !== 0x7b) argumentSpans.fill(-1);
    else scanObject(bytes, from, spans[2 * eventField.args + 1]!, argumentFields, argumentSpans);
    const event = { bytes, spans, argumentSpans, start };
    if (kind === "launch") launches.add(event);
    else operations.add(event, duration, kind === "memory");
  };
  const addAnnotation = (
    bytes: Uint8Array,
    spans: Int32Array,
    kind: "annotation" | "operator",
    start: number,
    duration: number,
  ): void => {
    const [from, to] = [spans[2 * eventField.name]!, spans[2 * eventField.name + 1]!];
    if (!isStep(bytes, from, to)) {
      if (kind === "operator") return;
      const id = texts.idOf(bytes, from, to);
      annotations.set(id, (annotations.get(id) ?? 0) + 1);
    } else if (duration > 0 && !Number.isNaN(start)) windows.push({ start, end: start + duration });
  };
  const records = () => ({
    operations: operations.values(),
    launches: launches.values(),
    textOf: texts.textOf,
    windows: distinctWindows(windows),
    annotations: new Map([...annotations].map(([id, count]) => [texts.textOf(id), count])),
    origin: clock.origin(),
    unsound,
  });
  return { keep, add, records };
}

/** In the order of their starts; some releases write a step twice, as an annotation and as an operator. */
function distinctWindows(windows: readonly StepWindow[]): readonly StepWindow[] {
  const sorted = windows.toSorted((a, b) => a.start - b.start || a.end - b.end);
  return sorted.filter(({ start, end }, i) => start !== sorted[i - 1]?.start || end !== sorted[i - 1]?.end);
}

/** The class of a category by its bytes; a category is looked at once. */
function classReader() {
  const categories = openTextInterner();
  const known: KinetoEventClass[] = [];
  return (bytes: Uint8Array, start: number, end: number): KinetoEventClass => {
    const id = categories.idOf(bytes, start, end);
    known[id] ??= kinetoEventClass(categories.textOf(id));
    return known[id];
  };
}

function timeAt(
  read: (bytes: Uint8Array, start: number, end: number) => number,
  bytes: Uint8Array,
  spans: Int32Array,
  field: number,
): number {
  const start = spans[2 * field]!;
  return start < 0 ? Number.NaN : read(bytes, start, spans[2 * field + 1]!);
}

/** Whether the JSON string is "X": an event with a start and a duration. */
function isComplete(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 3 && bytes[start + 1] === 0x58;
}

/** Whether a JSON string is the marker, alone or followed by #. */
function markerTest(marker: string): ByteTest {
  const expected = new TextEncoder().encode(JSON.stringify(marker).slice(0, -1));
  return (bytes, start, end) => {
    if (end - start <= expected.length) return false;
    for (let i = 0; i < expected.length; i++) if (bytes[start + i] !== expected[i]) return false;
    const next = bytes[start + expected.length];
    return next === 0x22 || next === 0x23;
  };
}
