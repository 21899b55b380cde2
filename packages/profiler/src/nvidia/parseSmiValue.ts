import type { Reading } from "../meters/reading.ts";

const numbers = /^[+-]?\d+(?:\.\d+)?$/;

/**
 * A number of nvidia-smi's tables without units. What it prints instead of one, such as `[N/A]`, is null with that as the reason.
 *
 * @param factor  from its unit to ours, such as 1e6 for MHz
 */
export function parseSmiNumber(text: string, factor = 1): Reading {
  if (numbers.test(text)) return { value: Number(text) * factor };
  return {
    value: null,
    reason: saysNothing(text) ? `nvidia-smi says ${text}` : `nvidia-smi says "${text}" in place of a number`,
  };
}

/** True of what stands for no value: `[N/A]`, `N/A`, `[Not Supported]`, `[Unknown Error]`, `[Insufficient Permissions]`. */
export function saysNothing(text: string): boolean {
  return /^(?:\[[^\]]*\]|N\/A)$/.test(text);
}
