import { z } from "zod";
import { InputError } from "./inputError.ts";
import { positive, positiveCount } from "./units.ts";

/** How requests are generated while measuring. Loads answer different questions and are never mixed in one picture axis. */
export const load = z.discriminatedUnion("kind", [
  z
    .strictObject({ kind: z.literal("closed"), inFlight: positiveCount.describe("batches kept in flight") })
    .describe("capacity: the next batch starts when one ends"),
  z
    .strictObject({
      kind: z.literal("poisson"),
      ratePerSecond: positive.describe("mean requests per second; batches of b come at 1/b of it"),
    })
    .describe("open load with exponential gaps"),
  z
    .strictObject({
      kind: z.literal("periodic"),
      ratePerSecond: positive.describe("requests per second; batches of b come at 1/b of it"),
    })
    .describe("open load with even gaps"),
]);
export type Load = Readonly<z.infer<typeof load>>;

/** The next batch when one ends: the load of all that asks for no other, and the only one that tells what a batch costs by itself. */
export const oneInFlight: Load = { kind: "closed", inFlight: 1 };

/** True for {@link oneInFlight}. */
export function isOneInFlight(value: Load): boolean {
  return value.kind === "closed" && value.inFlight === 1;
}

/** A load as one short text, e.g. `closed:1` or `poisson:20`. */
export function formatLoad(value: Load): string {
  return value.kind === "closed" ? `closed:${value.inFlight}` : `${value.kind}:${value.ratePerSecond}`;
}

/**
 * The load that a short text names; the inverse of {@link formatLoad}.
 *
 * @throws InputError when the text names no load
 */
export function parseLoad(text: string): Load {
  const [kind, ...rest] = text.split(":");
  const number = rest.join(":").trim() === "" ? Number.NaN : Number(rest.join(":"));
  const parsed = load.safeParse(kind === "closed" ? { kind, inFlight: number } : { kind, ratePerSecond: number });
  if (parsed.success) return parsed.data;
  throw new InputError({
    what: `load "${text}"`,
    problem: "cannot be read",
    advice: 'write "closed:1" (batches in flight), "poisson:20" or "periodic:20" (requests per second)',
  });
}
