import type { Bytes } from "@partitune/schema";
import { mpsProcesses } from "../mps/mpsProcesses.ts";
import type { Card, CardProcess } from "../nvidia/card.ts";
import { readProcessStat } from "../readProcessStat.ts";

/** Who has a context on a card. */
export interface CardUsers {
  /** Processes that compute on it and are none of ours. */
  readonly others: number;
  /**
   * Device memory that workers hold with all that they started; null where the driver does not tell.
   *
   * @param workers  process groups by their leaders
   */
  memoryOf(workers: readonly number[]): Bytes | null;
}

/**
 * Tells our processes on a card from others'. In a container the driver may give numbers that mean nothing here: so many of those as we have workers that
 * are not listed are taken for ours.
 *
 * @param workers  process groups of all our workers, by their leaders
 * @param folders  folders of pipes of our MPS daemons, whose servers are ours
 */
export async function cardUsers(
  card: Card,
  workers: ReadonlySet<number>,
  folders: ReadonlySet<string>,
): Promise<CardUsers> {
  const computing = (await card.processes()).filter(({ kind }) => kind !== "graphics");
  const groups = await Promise.all(computing.map(({ pid }) => groupOf(pid)));
  const byGroup = Map.groupBy(computing, (_, i) => groups[i]);
  const strange = computing.filter((_, i) => groups[i] !== undefined && !workers.has(groups[i]!));
  const servers = strange.length === 0 ? new Set<number>() : await ownServers(folders);
  const unlisted = [...workers].filter((worker) => !byGroup.has(worker)).length;
  const hidden = byGroup.get(undefined)?.length ?? 0;
  return {
    others: strange.filter(({ pid }) => !servers.has(pid)).length + Math.max(0, hidden - unlisted),
    memoryOf: (own) => memoryOf(own.flatMap((worker) => byGroup.get(worker) ?? [])),
  };
}

/** Undefined where there is no such process here. */
async function groupOf(pid: number): Promise<number | undefined> {
  return (await readProcessStat(pid))?.group;
}

async function ownServers(folders: ReadonlySet<string>): Promise<ReadonlySet<number>> {
  const all = await mpsProcesses();
  return new Set(
    all.filter(({ environment }) => folders.has(environment?.CUDA_MPS_PIPE_DIRECTORY ?? "")).map(({ pid }) => pid),
  );
}

function memoryOf(processes: readonly CardProcess[]): Bytes | null {
  if (processes.length === 0 || processes.some(({ memoryBytes }) => memoryBytes === null)) return null;
  return processes.reduce((sum, { memoryBytes }) => sum + memoryBytes!, 0);
}
