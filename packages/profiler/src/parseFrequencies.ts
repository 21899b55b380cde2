import { describeFound, type Hertz, InputError } from "@partitune/schema";

/**
 * Clocks from a file of the kernel, numbers between spaces or lines: `scaling_available_frequencies` in kHz, devfreq's `available_frequencies` in Hz.
 *
 * @param what  the file, for messages
 * @param unit  hertz in one unit of the file
 * @returns rising, each once
 * @throws InputError when there is none, or something else than a number above 0
 */
export function parseFrequencies(text: string, what: string, unit: number): readonly Hertz[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const wrong = words.find((word) => !/^\d+$/.test(word) || Number(word) === 0);
  if (words.length === 0 || wrong !== undefined) {
    throw new InputError({
      what,
      problem: wrong === undefined ? "lists no clocks" : `holds ${describeFound(wrong)} where a clock was expected`,
      advice: "read it on the board itself, as root",
    });
  }
  return [...new Set(words.map((word) => Number(word) * unit))].sort((a, b) => a - b);
}
