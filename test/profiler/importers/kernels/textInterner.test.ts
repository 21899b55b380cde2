import { expect, test } from "vitest";
import { hashText } from "../../../../packages/profiler/src/importers/kernels/fnv.ts";
import { openTextInterner } from "../../../../packages/profiler/src/importers/kernels/textInterner.ts";

const bytesOf = (json: string) => new TextEncoder().encode(json);
const idOf = (interner: ReturnType<typeof openTextInterner>, json: string) =>
  interner.idOf(bytesOf(json), 0, bytesOf(json).length);

test("thousands of texts keep their numbers, in the order of their first occurrence", () => {
  const interner = openTextInterner();
  const texts = Array.from({ length: 5000 }, (_, i) => `"kernel ${(i * 7919) % 5000}"`);
  expect(texts.map((text) => idOf(interner, text))).toEqual(texts.map((_, i) => i));
  expect(texts.map((text) => idOf(interner, text))).toEqual(texts.map((_, i) => i));
  expect(interner.size()).toBe(5000);
  expect(interner.textOf(4999)).toBe(JSON.parse(texts[4999]!));
});

test("spellings of one text have one number, and values that are no strings stand as they are", () => {
  const interner = openTextInterner();
  expect(['"\\u00e9"', '"é"', '"\\u00E9"', '"e"', "[1, 1]", '"a\\q"'].map((json) => idOf(interner, json))).toEqual([
    0, 0, 0, 1, 2, 3,
  ]);
  expect([0, 2, 3].map(interner.textOf)).toEqual(["é", "[1, 1]", "a\\q"]);
});

test("texts of one hash are told apart", () => {
  const texts = ['"tn5x0i"', '"10k92o8"'];
  expect(new Set(texts.map(hashText)).size).toBe(1);
  const interner = openTextInterner();
  expect([...texts, ...texts].map((text) => idOf(interner, text))).toEqual([0, 1, 0, 1]);
});
