import type { Config } from "@partitune/schema";
import type { Executor, Session } from "./executor.ts";
import type { IdentifiedWorkload } from "./identity.ts";

/** Neighbours under load. */
export interface LoadedNeighbours {
  /** @throws WorkerFailure when a neighbour has failed: what is measured beside it is worth nothing */
  check(): void;
  /** Lets the batches in flight end, and waits for them. */
  pause(): Promise<void>;
  /** Loads them again after a pause; returns when each has run a batch. */
  resume(): Promise<void>;
  /** Ends the neighbours. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts the neighbours of a measurement, each to be loaded closed-loop: the next batch when one ends.
 *
 * @throws WorkerFailure when one does not start; those already started are closed
 */
export async function loadNeighbours(
  executor: Executor,
  configs: readonly Config[],
  workloads: ReadonlyMap<string, IdentifiedWorkload>,
): Promise<LoadedNeighbours> {
  const sessions: Session[] = [];
  const close = async () => {
    await Promise.all(sessions.map((session) => session.close()));
  };
  try {
    for (const config of configs) sessions.push(await executor.open(workloads.get(config.workload)!.workload, config));
  } catch (error) {
    await close();
    throw error;
  }
  return neighboursOf(sessions, configs, close);
}

function neighboursOf(
  sessions: readonly Session[],
  configs: readonly Config[],
  close: () => Promise<void>,
): LoadedNeighbours {
  let loaded = false;
  let loops: readonly Promise<void>[] = [];
  let failure: unknown;
  const fail = (error: unknown) => {
    failure ??= error;
  };
  const loop = async (session: Session, batch: number, onFirst: () => void) => {
    try {
      while (loaded) {
        await session.run(batch);
        onFirst();
      }
    } catch (error) {
      fail(error);
      onFirst();
    }
  };
  const check = () => {
    if (failure !== undefined) throw failure;
  };
  return {
    check,
    async pause() {
      loaded = false;
      await Promise.all(loops);
    },
    async resume() {
      check();
      loaded = true;
      const firsts: Promise<void>[] = [];
      loops = sessions.map((session, i) => {
        const first = Promise.withResolvers<void>();
        firsts.push(first.promise);
        return loop(session, configs[i]!.batch, first.resolve);
      });
      await Promise.all(firsts);
      check();
    },
    async close() {
      loaded = false;
      await close();
      await Promise.all(loops);
    },
  };
}
