import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toKernelSettings } from "../../../packages/simulator/src/kernelSettings.ts";
import { type KernelPolicyName, kernelPolicies } from "../../../packages/simulator/src/kernels/index.ts";
import { playKernels } from "../../../packages/simulator/src/playKernels.ts";
import { naiveOrion } from "./naiveOrion.ts";
import { naiveSerial } from "./naiveSerial.ts";
import type { NaiveResult } from "./naiveTask.ts";
import { naiveTimeslice } from "./naiveTimeslice.ts";
import { type RandomGame, randomGames } from "./randomGames.ts";

function playNaively({ game, predictions, settings }: RandomGame, policy: KernelPolicyName): NaiveResult {
  const all = toKernelSettings(settings);
  if (policy === "timeslice") return naiveTimeslice(game, all);
  if (policy === "orion") return naiveOrion(game, all);
  return naiveSerial(game, policy, all, predictions);
}

/** The same game, with the owners of every nanosecond written out. */
function play({ game, predictions, settings }: RandomGame, policy: KernelPolicyName): NaiveResult {
  const owners: string[][] = [];
  const run = playKernels(game, policy, {
    settings,
    predictions,
    watch(task, row, start, end) {
      for (let now = start; now < end; now++) owners[now] = [...(owners[now] ?? []), `${task}/${row}`];
    },
  });
  const { alone: _, idle: _idle, operations: _operations, ...counts } = run;
  return { ...counts, owners: Array.from(owners, (each) => each?.toSorted().join(" ")) as string[] };
}

/** What both say, up to the end of the game; a time slice need not end with an operation. */
function comparable(result: NaiveResult, { game }: RandomGame, policy: KernelPolicyName): unknown {
  const { lowOperations, owners, ...rest } = result;
  const until = game.scenario === "co-run" ? result.completion : owners.length;
  const timeline = Array.from({ length: until }, (_, now) => owners[now] ?? "");
  return {
    ...rest,
    timeline: timeline.join(",").replace(/,+$/, ""),
    ...(policy === "timeslice" ? {} : { lowOperations }),
  };
}

describe("every way of sharing does what its definition does, nanosecond by nanosecond", () => {
  test.each(Object.keys(kernelPolicies) as KernelPolicyName[])("%s, in random small games", (policy) => {
    fc.assert(
      fc.property(randomGames(), (random) => {
        const naive = comparable(playNaively(random, policy), random, policy);
        expect(comparable(play(random, policy), random, policy)).toEqual(naive);
      }),
      { numRuns: 600 },
    );
  });
});
