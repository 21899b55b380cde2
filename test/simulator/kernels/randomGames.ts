import fc from "fast-check";
import type { KernelGame, KernelPredictions, KernelTask } from "../../../packages/simulator/src/kernelGame.ts";
import type { KernelOptions } from "../../../packages/simulator/src/kernelSettings.ts";

export interface RandomGame {
  readonly game: KernelGame;
  readonly predictions: KernelPredictions;
  readonly settings: KernelOptions;
}

const small = (max: number) => fc.integer({ min: 0, max });

function randomTask(name: string): fc.Arbitrary<KernelTask> {
  const row = fc.record({
    duration: small(6),
    idle: fc.oneof(fc.constant(0), small(12)),
    kind: small(2),
    need: fc.option(fc.integer({ min: 1, max: 6 }), { nil: null }),
    profile: fc.integer({ min: -1, max: 1 }),
    memory: fc.integer({ min: 0, max: 9 }).map((each) => each === 0),
  });
  return fc.array(row, { minLength: 1, maxLength: 6 }).map((rows) => ({
    name,
    step: {
      identities: rows.map((_, i) => i),
      durations: rows.map(({ duration }, i) => (i === 0 ? duration + 1 : duration)),
      idles: rows.map(({ idle }) => idle),
      idleKinds: rows.map(({ kind }) => kind),
    },
    needs: rows.map(({ need }) => need),
    profiles: rows.map(({ profile }) => profile),
    memory: rows.map(({ memory }) => memory),
  }));
}

const believed = (max: number) =>
  fc.oneof({ weight: 6, arbitrary: small(max) }, { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) });

function randomSettings(): fc.Arbitrary<KernelOptions> {
  return fc.record({
    minGap: small(5),
    dispatch: small(2),
    blind: fc.boolean(),
    oracle: fc.integer({ min: 0, max: 4 }).map((each) => each === 0),
    feedback: fc.boolean(),
    maxOverrun: fc.option(small(8), { nil: null }),
    window: fc.integer({ min: 1, max: 3 }),
    quantum: fc.integer({ min: 1, max: 9 }),
    switching: small(2),
    host: fc.constantFrom("coupled" as const, "free" as const),
    orion: fc.record({
      multiprocessors: fc.integer({ min: 1, max: 5 }),
      threshold: fc.option(small(6), { nil: null }),
      maxLowDuration: fc.option(small(15), { nil: null }),
      startUpJobs: small(2),
      updateRow: fc.option(fc.integer({ min: 1, max: 6 }), { nil: null }),
    }),
  });
}

/** Small games of both scenarios, with predictions that may be right or wrong. */
export function randomGames(): fc.Arbitrary<RandomGame> {
  return fc
    .record({
      scenario: fc.constantFrom("co-run" as const, "preemption" as const),
      high: randomTask("high"),
      low: fc.array(fc.record({ task: randomTask("low"), priority: small(2), jobs: fc.integer({ min: 1, max: 5 }) }), {
        minLength: 0,
        maxLength: 3,
      }),
      arrival: small(40),
      idles: fc.array(believed(14), { maxLength: 6 }),
      keys: fc.array(small(2), { minLength: 6, maxLength: 6 }),
      durations: fc.array(fc.array(believed(7), { maxLength: 6 }), { minLength: 3, maxLength: 3 }),
      settings: randomSettings(),
    })
    .map(({ scenario, high, low, arrival, idles, keys, durations, settings }) => {
      const rows = high.step.durations.length;
      return {
        game: {
          scenario,
          high,
          low: low.map(({ task, priority, jobs }, k) => ({
            ...task,
            name: `low ${k}`,
            priority,
            jobs: scenario === "co-run" ? null : jobs,
          })),
          ...(scenario === "co-run" ? {} : { arrival }),
        },
        predictions: {
          idles: idles.slice(0, rows),
          keys: keys.slice(0, rows),
          durations: low.map(({ task }, k) => durations[k]!.slice(0, task.step.durations.length)),
        },
        settings,
      };
    });
}
