import { InputError, type InterferenceModel, loadJson, type Warning } from "@partitune/schema";
import type { PieceKind } from "@partitune/solver";

/** Slowdown by pieces of one card that is planned for where nobody has measured it. */
const usualSlowdown = 1.09;

/** How pieces of one card are taken to slow each other down, and what the user should know of it. */
export interface StatedInterference {
  readonly interference: InterferenceModel;
  readonly warnings: readonly Warning[];
}

/**
 * What `--interference` says: a file of fitted models, `none`, or one slowdown for everybody. Without it a guard is taken for pieces that share
 * cache and memory.
 *
 * @throws InputError when it is none of these
 */
export function readInterference(text: string | undefined, pieces: readonly PieceKind[]): StatedInterference {
  const shared = pieces.filter((kind) => kind !== "mig" && kind !== "whole");
  if (text === undefined) {
    if (shared.length === 0) return { interference: { model: "none" }, warnings: [] };
    return { interference: { model: "constant", slowdown: usualSlowdown }, warnings: [assumed(shared)] };
  }
  if (text === "none") return { interference: { model: "none" }, warnings: [] };
  const slowdown = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(slowdown)) return { interference: loadJson(text, "interference").chosen, warnings: [] };
  if (Number.isFinite(slowdown) && slowdown >= 1)
    return { interference: { model: "constant", slowdown }, warnings: [] };
  throw new InputError({
    what: `option --interference "${text}"`,
    problem: "is no slowdown, which is at least 1",
    advice: "write a factor such as 1.09, none, or a file that partitune interference wrote",
  });
}

function assumed(shared: readonly PieceKind[]): Warning {
  return {
    code: "assumed-interference",
    where: shared.join(", "),
    cause: `pieces of one card are taken to slow each other down by ${Math.round(100 * (usualSlowdown - 1))} %`,
    advice: "measure workloads beside each other and give what partitune interference makes of it with --interference",
  };
}
