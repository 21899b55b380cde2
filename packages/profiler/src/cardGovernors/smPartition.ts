import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { cardHostThreads } from "@partitune/emitter";
import { WorkerFailure } from "../executor.ts";
import type { Availability, Governor, PreparedPartition } from "../governors/governor.ts";
import type { MpsDaemon } from "../mps/mpsDaemon.ts";
import { parseStaticPartitions } from "../mps/parseStaticPartitions.ts";
import type { CardPlace } from "./cardPlace.ts";
import { joinDaemon } from "./joinDaemon.ts";
import { mpsRefusal } from "./mpsRefusal.ts";

/** CUDA 13.1, the first whose daemon has static partitions, as its version number has it. */
const leastVersion = 13010;
const versionPatience = 20e3;
const execute = promisify(execFile);

/**
 * Static partitions of multiprocessors by MPS: a daemon of our own that was started for them, and chunks of the card for each partition, which nobody
 * else uses. Several processes share their partition.
 */
export function smPartition(place: CardPlace): Governor {
  const tried = new Set<number>();
  let version: number | undefined;
  return {
    name: "mps-static",
    sets: ({ kind }) => kind === "sm-partition",
    async available(partition): Promise<Availability> {
      const refusal = await mpsRefusal(place);
      if (!refusal.ok) return refusal;
      if (partition.kind !== "sm-partition") throw new Error(`a static partition is no ${partition.kind}`);
      version ??= await versionOf(place.programs.mps!);
      if (version === undefined || version < leastVersion)
        return {
          ok: false,
          reason: `the MPS daemon is of version ${version ?? "unknown"}; static partitions need ${leastVersion} (CUDA 13.1) or newer`,
        };
      if (tried.has(partition.multiprocessors)) return { ok: true };
      const works = await tryPartition(() => prepare(place, partition, 1));
      if (works.ok) tried.add(partition.multiprocessors);
      return works;
    },
    prepare: (partition, processes = 1) => prepare(place, partition, processes),
  };
}

async function versionOf(program: string): Promise<number | undefined> {
  const said = await execute(program, ["-v"], { timeout: versionPatience }).catch(() => ({ stdout: "" }));
  const [, version] = /Binary version:\s*(\d+)/i.exec(said.stdout) ?? [];
  return version === undefined ? undefined : Number(version);
}

async function tryPartition(prepareIt: () => Promise<PreparedPartition>): Promise<Availability> {
  try {
    await (await prepareIt()).release();
    return { ok: true };
  } catch (error) {
    if (error instanceof WorkerFailure) return { ok: false, reason: error.message };
    throw error;
  }
}

async function prepare(
  place: CardPlace,
  partition: Parameters<Governor["prepare"]>[0],
  processes: number,
): Promise<PreparedPartition> {
  if (partition.kind !== "sm-partition") throw new Error(`a static partition is no ${partition.kind}`);
  const { uuid } = place.card;
  const { multiprocessors } = partition;
  const { lease, limit, check } = await joinDaemon(place, { uuid, isStatic: true }, processes);
  try {
    const id = await makePartition(lease.daemon, multiprocessors);
    let removed: Promise<void> | undefined;
    return {
      mechanism: `static MPS partition of ${multiprocessors} multiprocessors${limit.words}`,
      join: { kind: "none" },
      threads: cardHostThreads,
      environment: { ...lease.daemon.environment, ...limit.environment, CUDA_MPS_SM_PARTITION: id },
      settings: { card: uuid, multiprocessors, partition: id, pipes: lease.daemon.folder },
      check,
      release: () => {
        removed ??= removePartition(lease.daemon, id).finally(() => lease.release());
        return removed;
      },
    };
  } catch (error) {
    await lease.release();
    throw error;
  }
}

async function makePartition(daemon: MpsDaemon, multiprocessors: number): Promise<string> {
  // Partitions are the server's, which a daemon usually starts with its first client.
  if ((await daemon.tell("get_server_list")) === "") await daemon.tell(`start_server -uid ${process.getuid!()}`);
  const listing = await daemon.tell("lspart");
  const { chunkMultiprocessors: chunk, freeChunks } =
    parseStaticPartitions(listing) ?? failWith(`lists no chunks: ${listing}`);
  const chunks = multiprocessors / chunk;
  if (!Number.isInteger(chunks))
    failWith(
      `gives ${daemon.uuid} away in chunks of ${chunk} multiprocessors, and ${multiprocessors} are no multiple of it`,
    );
  if (chunks > freeChunks)
    failWith(`has ${freeChunks} chunks left, and ${multiprocessors} multiprocessors are ${chunks}`);
  const answer = await daemon.tell(`sm_partition add ${daemon.uuid} ${chunks}`);
  return /^Partition (.*) created$/m.exec(answer)?.[1] ?? failWith(`makes no partition: ${answer}`);
}

/** The server that has it may have gone with its clients. */
async function removePartition(daemon: MpsDaemon, id: string): Promise<void> {
  await daemon.tell(`sm_partition rm ${daemon.uuid} ${id.slice(id.indexOf("/") + 1)}`).catch((error) => {
    if (!(error instanceof WorkerFailure)) throw error;
  });
}

function failWith(what: string): never {
  throw new WorkerFailure("failed", `the MPS daemon ${what}`);
}
