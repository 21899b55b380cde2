import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeString, fieldTable } from "../../../../packages/profiler/src/importers/kernels/scanJson.ts";
import { scanTraceEvents } from "../../../../packages/profiler/src/importers/kernels/scanTraceEvents.ts";

const names = ["ph", "cat", "name", "ts", "args"];

/** Events as their fields' JSON texts, and the header, from a text cut into chunks of a size. */
async function scan(text: string | Uint8Array, chunkBytes: number) {
  const bytes = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const events: Record<string, unknown>[] = [];
  const headers: Record<string, unknown> = {};
  const end = await scanTraceEvents(chunksOf(bytes, chunkBytes), {
    fields: fieldTable(names),
    keep: () => true,
    event: (from, spans) => {
      const found = names.flatMap((name, field) => {
        const start = spans[2 * field]!;
        if (start < 0) return [];
        const json = Buffer.from(from.slice(start, spans[2 * field + 1]!)).toString();
        expect(json.startsWith('"') ? decodeString(from, start, spans[2 * field + 1]!) : null).toEqual(
          json.startsWith('"') ? JSON.parse(json) : null,
        );
        return [[name, JSON.parse(json)]];
      });
      events.push(Object.fromEntries(found));
    },
    headers: ["deviceProperties"],
    header: (name, json) => {
      headers[name] = JSON.parse(json);
    },
  });
  return { events, headers, end };
}

function* chunksOf(bytes: Uint8Array, size: number): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function wanted(event: object): object {
  return Object.fromEntries(Object.entries(event).filter(([key]) => names.includes(key)));
}

const key = fc.oneof(fc.constantFrom(...names, "tid", "dur"), fc.string({ unit: "binary" }));
const event = fc.dictionary(key, fc.jsonValue({ maxDepth: 3, stringUnit: "binary" }), { noNullPrototype: true });
const beside = fc.dictionary(
  fc.string({ unit: "binary" }).filter((name) => name !== "traceEvents" && name !== "deviceProperties"),
  fc.jsonValue({ maxDepth: 3, stringUnit: "binary" }),
  { maxKeys: 3, noNullPrototype: true },
);
const spacing = fc.constantFrom("", " ", "\t", "  ");

/** Escapes a part of the characters, also in names, as \uXXXX: the same JSON in other bytes. */
function escaped(text: string): string {
  return text.replace(/(?<=")[a-z](?=[a-z]*":)/gu, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
}

describe("events of any JSON, cut into chunks anywhere, are those of JSON.parse", () => {
  test("in an object", async () => {
    const document = fc.record({
      before: beside,
      after: beside,
      events: fc.array(event, { maxLength: 5 }),
      device: fc.jsonValue(),
    });
    await fc.assert(
      fc.asyncProperty(
        document,
        spacing,
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        async (parts, space, escapes, size) => {
          const value = { ...parts.before, deviceProperties: parts.device, traceEvents: parts.events, ...parts.after };
          const text = JSON.stringify(value, null, space);
          const { events, headers, end } = await scan(escapes ? escaped(text) : text, size);
          const parsed = JSON.parse(text) as { traceEvents: object[]; deviceProperties: unknown };
          expect(events).toEqual(parsed.traceEvents.map(wanted));
          expect(headers).toEqual({ deviceProperties: parsed.deviceProperties });
          const bytes = new TextEncoder().encode(escapes ? escaped(text) : text).length;
          expect(end).toEqual({ status: "complete", atByte: bytes, bytes, events: parsed.traceEvents.length });
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });

  test("in a bare array, among values that are no events", async () => {
    const element = fc.oneof(event, fc.constantFrom(null, 1.5e-7, true, "text", [1, [{ ph: "X" }]]));
    await fc.assert(
      fc.asyncProperty(fc.array(element, { maxLength: 6 }), fc.integer({ min: 1, max: 30 }), async (list, size) => {
        const { events, end } = await scan(JSON.stringify(list), size);
        const objects = list.filter((entry) => typeof entry === "object" && entry !== null && !Array.isArray(entry));
        expect(events).toEqual(objects.map((entry) => wanted(JSON.parse(JSON.stringify(entry)))));
        expect(end.status).toBe("complete");
      }),
      { numRuns: 200, seed: 6 },
    );
  });
});

const text = `{"other": [1, "]}", {"a": "\\\\\\""}], "deviceProperties": [], "traceEvents": [
  {"ph": "X", "name": "é\\"}{", "args": {"x": [{}]}},
  {"ph": "M", "ts": 12.5}
], "size": 3}`;
const bytes = new TextEncoder().encode(text);

test("the border between two chunks may be at every byte", async () => {
  const whole = await scan(text, bytes.length);
  expect(whole.events).toEqual([
    { ph: "X", name: 'é"}{', args: { x: [{}] } },
    { ph: "M", ts: 12.5 },
  ]);
  for (let border = 1; border < bytes.length; border++) {
    const events: number[] = [];
    const end = await scanTraceEvents([bytes.subarray(0, border), bytes.subarray(border)], {
      fields: fieldTable(names),
      keep: () => true,
      event: (_, spans) => events.push(spans.filter((span) => span >= 0).length),
      headers: [],
      header: () => {},
    });
    expect(events, `border ${border}`).toEqual([6, 4]);
    expect(end).toEqual(whole.end);
  }
});

test("a text cut off anywhere gives the events that are whole, and says where the rest begins", async () => {
  const first = text.indexOf('{"ph": "X"');
  for (let length = 0; length < bytes.length; length++) {
    const { events, end } = await scan(bytes.subarray(0, length), 7);
    expect(end.status, `${length} bytes`).toBe("cut");
    expect(end.bytes).toBe(length);
    expect(end.atByte).toBeLessThanOrEqual(length);
    expect(events.length).toBe(end.events);
    if (length === first + 10) expect(end).toEqual({ status: "cut", atByte: first, bytes: length, events: 0 });
  }
});

test("a second document after the first is not read, and its byte is named", async () => {
  expect((await scan(`${text}\n${text}`, 16)).end).toEqual({
    status: "trailing",
    atByte: bytes.length + 1,
    bytes: 2 * bytes.length + 1,
    events: 2,
  });
});

test("a text that stops being JSON is read up to there", async () => {
  const broken = `[{"ph": "X"}, {"ph": "X", "na{"schemaVersion": 1, "traceEvents": [{"ph": "X"}]}`;
  const { events, end } = await scan(broken, 9);
  expect(events).toEqual([{ ph: "X" }]);
  expect(end).toMatchObject({ status: "malformed", atByte: broken.indexOf("schema"), bytes: broken.length });
  expect((await scan("PK\u0003\u0004 no JSON", 3)).end).toMatchObject({ status: "malformed", atByte: 0, events: 0 });
  expect((await scan('{"a" 1}', 9)).end).toMatchObject({ status: "malformed", atByte: 5 });
  expect((await scan('[{"ph": ,}]', 9)).end).toMatchObject({ status: "malformed", atByte: 8 });
});

test("a byte order mark is passed over; nothing at all is cut off at byte 0", async () => {
  expect((await scan(`\ufeff[{"ph": "X"}]`, 1)).events).toEqual([{ ph: "X" }]);
  expect((await scan("", 1)).end).toEqual({ status: "cut", atByte: 0, bytes: 0, events: 0 });
});

test("an event that is declined at a field is passed over, however it goes on", async () => {
  const kept: number[] = [];
  const end = await scanTraceEvents([new TextEncoder().encode('[{"ph":"M","x":{"y":["}"]}},{"ph":"X","ts":1}]')], {
    fields: fieldTable(names),
    keep: (field, from, start) => field !== 0 || from[start + 1] === 0x58,
    event: (_, spans) => kept.push(spans[0]!),
    headers: [],
    header: () => {},
  });
  expect(kept.map((start) => start >= 0)).toEqual([false, true]);
  expect(end).toMatchObject({ status: "complete", events: 2 });
});
