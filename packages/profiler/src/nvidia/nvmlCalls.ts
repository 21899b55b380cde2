import type { Reading } from "../meters/reading.ts";
import { CardLost } from "./card.ts";
import { textIn } from "./cleanText.ts";
import { nvmlAdvice, nvmlCode, nvmlWords } from "./nvmlErrors.ts";
import type { NvmlArgument, NvmlFunction, NvmlHandle, NvmlLibrary } from "./nvmlLibrary.ts";

/** A card as the library knows it. */
export interface NvmlDevice {
  readonly library: NvmlLibrary;
  readonly handle: NvmlHandle;
  /** How it is named in messages. */
  readonly label: string;
}

/** A value, or why there is none. */
export type Got<T> = { readonly value: T } | { readonly value: null; readonly reason: string };

/**
 * Calls a function on a card.
 *
 * @returns the return code
 * @throws CardLost when the card is gone
 */
export function callOn(device: NvmlDevice, name: NvmlFunction, ...values: readonly NvmlArgument[]): number {
  const code = device.library.call(name, device.handle, ...values);
  if (code === nvmlCode.gpuIsLost || code === nvmlCode.resetRequired) throw lost(device.label, code);
  return code;
}

/** What a lost card throws. */
export function lost(label: string, code: number): CardLost {
  return new CardLost(`${label}: ${nvmlWords(code)}; ${nvmlAdvice(code)}`);
}

/** What a function wrote into memory of ours, or the reason why it did not. */
export function get<T>(device: NvmlDevice, name: NvmlFunction, values: readonly NvmlArgument[], read: () => T): Got<T> {
  const code = callOn(device, name, ...values);
  return code === nvmlCode.success ? { value: read() } : { value: null, reason: nvmlWords(code) };
}

/** One unsigned 32-bit number. */
export function getNumber(device: NvmlDevice, name: NvmlFunction, ...values: readonly number[]): Reading {
  const out = new Uint32Array(1);
  return get(device, name, [...values, bytesOf(out)], () => out[0]!);
}

/** Two of them. */
export function getPair(device: NvmlDevice, name: NvmlFunction): Got<readonly [number, number]> {
  const [first, second] = [new Uint32Array(1), new Uint32Array(1)];
  return get(device, name, [bytesOf(first), bytesOf(second)], () => [first[0]!, second[0]!] as const);
}

/** A text, in a buffer that is large enough for any of NVML's. */
export function getText(device: NvmlDevice, name: NvmlFunction): Got<string> {
  const out = new Uint8Array(256);
  return get(device, name, [out, out.length], () => textIn(out));
}

/** Entries that are read at first; a list that is longer is asked for again. */
const firstRoom = 64;
const triesOfList = 8;

/**
 * A list whose length the driver tells: with too little room it says so, and how much it needs. Lists of processes grow while they are asked for.
 *
 * @param bytesEach  size of an entry; buffers get some more, since drivers have been known to write longer entries than their headers say
 */
export function getList(
  device: NvmlDevice,
  name: NvmlFunction,
  values: readonly number[],
  bytesEach: number,
): Got<DataView> {
  let room = firstRoom;
  for (let i = 0; i < triesOfList; i++) {
    const count = new Uint32Array([room]);
    const out = new Uint8Array(room * (bytesEach + 16));
    const code = callOn(device, name, ...values, bytesOf(count), out);
    const length = Math.min(count[0]!, room);
    if (code === nvmlCode.success) return { value: new DataView(out.buffer, 0, length * bytesEach) };
    if (code !== nvmlCode.insufficientSize) return { value: null, reason: nvmlWords(code) };
    room = Math.max(2 * room, count[0]! + 16);
  }
  return { value: null, reason: nvmlWords(nvmlCode.insufficientSize) };
}

export function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
