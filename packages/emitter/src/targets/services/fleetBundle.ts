import { readFileSync } from "node:fs";
import type { FleetPlan, Warning } from "@partitune/schema";
import type { EmitOptions, EmittedFile } from "../../emission.ts";
import { planId } from "../../planId.ts";
import { shellQuote } from "../../shellQuote.ts";
import { turnsOf } from "../fleet/fleetWarnings.ts";
import { planDigest } from "./planDigest.ts";

/** A shell file of a target as it stands in the sources. Those that are called may be executed, those that are read may not. */
export function scriptFile(source: URL, path: string, executable = true): EmittedFile {
  return { path, content: readFileSync(source, "utf8"), executable };
}

/** What the scripts of every fleet bundle read first. */
export function commonFile(path = "common.sh"): EmittedFile {
  return scriptFile(new URL("common.sh", import.meta.url), path, false);
}

/** What finds the UUIDs of pieces on a host. */
export function piecesFile(path = "pieces.sh"): EmittedFile {
  return scriptFile(new URL("pieces.sh", import.meta.url), path, false);
}

/** The plan as its next reader wants it. */
export function planFile(plan: FleetPlan): EmittedFile {
  return textFile("plan.json", `${JSON.stringify(plan, null, 2)}\n`);
}

export function textFile(path: string, content: string): EmittedFile {
  return { path, content, executable: false };
}

/** Variables, and functions that call the command given to them once for each list of words. */
export interface ShellValues {
  readonly variables: Readonly<Record<string, string | number>>;
  readonly lists: Readonly<Record<string, readonly (readonly (string | number)[])[]>>;
}

/**
 * What differs from plan to plan as shell text: nothing but quoted words, and none of them in a comment, so none can be taken for syntax.
 *
 * Every list `name` becomes a function `each_name` that calls the command given to it with the words of each row, as long as that succeeds.
 */
export function valuesFile(
  plan: FleetPlan,
  { name }: EmitOptions,
  { variables, lists }: ShellValues,
  path = "values.sh",
) {
  const all = {
    plan_name: name,
    plan_id: planId(name),
    plan_digest: planDigest(plan),
    ...variables,
  };
  const head =
    "# shellcheck shell=sh disable=SC1003,SC2016,SC2034\n# What this plan sets. Generated: emit the plan anew instead of editing.\n\n";
  const assignments = Object.entries(all).map(([variable, value]) => `${variable}=${shellQuote(String(value))}\n`);
  const functions = Object.entries(lists).map(([list, rows]) => {
    const calls = rows.map((words) => `  "$@" ${words.map((word) => shellQuote(String(word))).join(" ")} || return\n`);
    return `\neach_${list}() {\n${calls.join("")}  return 0\n}\n`;
  });
  return textFile(path, `${head}${assignments.join("")}${functions.join("")}`);
}

/** Tenants of one piece, where nothing outside can make them take turns batch by batch. */
export function turnWarnings(plan: FleetPlan): readonly Warning[] {
  return plan.gpus
    .flatMap(({ pieces }) => pieces)
    .filter(({ tenants }) => tenants.length > 1)
    .map((piece) => ({
      code: "turns-not-kept",
      where: `piece "${piece.id}"`,
      cause: `${turnsOf(piece)} are planned to take turns batch by batch, and the driver slices their time instead`,
      advice: "emit it for triton, whose rate limiter keeps the turns, or measure their latencies",
    }));
}
