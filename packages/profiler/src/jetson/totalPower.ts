import type { Watts } from "@partitune/schema";
import type { BoardPower, KnownBoard } from "./boards.ts";

/** Which rails make a board's total, or why it has none. */
export type TotalRule =
  | {
      readonly rails: readonly string[];
      /** For the record: what the total covers, and of what it is made. */
      readonly meaning: string;
      readonly reason?: never;
    }
  | { readonly rails: null; readonly reason: string };

/** Channels are read one after the other and each in steps of its own: parts may seem to exceed what feeds them by so much. */
const partsTolerance = 0.05;

/**
 * How the power of a board follows from the rails that it shows. A board's input is taken as it is and never added to; a board that is not known has
 * no total, since any of its rails may feed the others.
 */
export function totalRule(known: KnownBoard | undefined, rails: readonly string[]): TotalRule {
  if (rails.length === 0) return { rails: null, reason: "no power monitor of the board can be read" };
  if (known === undefined) {
    return {
      rails: null,
      reason: `this board is not known, and which of its rails (${rails.join(", ")}) make its total neither`,
    };
  }
  const { total, scope } = known.power;
  const missing = total.rails.filter((rail) => !rails.includes(rail));
  const used = total.kind === "input" ? total.rails.filter((rail) => rails.includes(rail)).slice(0, 1) : total.rails;
  if (used.length === 0 || (total.kind === "sum" && missing.length > 0)) {
    return {
      rails: null,
      reason: `the board shows no rail ${missing.join(" nor ")}, without which its total is not known; it shows ${rails.join(", ")}`,
    };
  }
  return { rails: used, meaning: `${scope}: ${used.join(" + ")}` };
}

/**
 * Whether rails that are parts of another one drew more than that one, over the same time: then the rails are not what they are taken for.
 *
 * @param means  rail → average power, W
 * @returns what is wrong, in words; undefined when all agrees
 */
export function partsExceed({ parts }: BoardPower, means: ReadonlyMap<string, Watts>): string | undefined {
  const inputs = [...new Set(Object.values(parts))].filter((input) => means.has(input));
  for (const input of inputs) {
    const own = [...means].filter(([rail]) => parts[rail] === input);
    const sum = own.reduce((total, [, watts]) => total + watts, 0);
    const whole = means.get(input)!;
    if (sum > whole * (1 + partsTolerance)) {
      const names = own.map(([rail]) => rail).join(" + ");
      return `${names} drew ${sum.toPrecision(4)} W and ${input}, of which they are parts, ${whole.toPrecision(4)} W`;
    }
  }
  return undefined;
}
