import { z } from "zod";

/** Duration in seconds. */
export type Seconds = number;
/** Power in watts. */
export type Watts = number;
/** Energy in joules. */
export type Joules = number;
/** Memory in bytes. */
export type Bytes = number;
/** Frequency in hertz. */
export type Hertz = number;
/** Events per second. */
export type PerSecond = number;
/** A part of a whole, 0 to 1. */
export type Fraction = number;

/** A finite number, at least 0: durations, powers, energies, sizes. */
export const nonNegative = z.number().nonnegative();
/** A finite number above 0. */
export const positive = z.number().positive();
/** A number from 0 to 1. */
export const fraction = z.number().min(0).max(1);
/** A whole number, at least 0. */
export const count = z.int().nonnegative();
/** A whole number, at least 1. */
export const positiveCount = z.int().positive();

/**
 * The name of something the user chose. Any text is allowed except control characters, so that a name always fits on one
 * line; everything that leaves partitune quotes it for its reader.
 */
export const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}]*$/u, "a name without control characters");
