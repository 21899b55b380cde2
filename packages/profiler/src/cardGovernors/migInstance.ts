import { cardHostThreads } from "@partitune/emitter";
import { findMigProfile, formatPartition, type MigProfile, type Partition } from "@partitune/schema";
import { WorkerFailure } from "../executor.ts";
import type { Availability, Governor, PreparedPartition } from "../governors/governor.ts";
import { createInstance } from "../mig/createInstance.ts";
import type { MigInstance } from "../nvidia/card.ts";
import { type CardPlace, prohibited } from "./cardPlace.ts";
import { joinDaemon } from "./joinDaemon.ts";
import { daemonRefusal } from "./mpsRefusal.ts";

type MigPartition = Extract<Partition, { readonly kind: "mig" }>;

/** An instance for one session, and what becomes of it afterwards. */
interface TakenInstance {
  readonly instance: MigInstance;
  readonly giveBack: () => Promise<void>;
}

/**
 * MIG instances that exist, by their UUID; missing ones are created where that is allowed, and destroyed when their session closes. Several processes
 * share an instance through an MPS daemon of its own, as in deployment. MIG itself is never switched on or off.
 *
 * @see https://docs.nvidia.com/datacenter/tesla/mig-user-guide
 */
export function migInstance(place: CardPlace): Governor {
  const inUse = new Set<string>();
  return {
    name: "mig",
    sets: ({ kind }) => kind === "mig",
    available: (partition) => available(place, asMig(partition), inUse),
    async prepare(partition, processes = 1): Promise<PreparedPartition> {
      const taken = await take(place, asMig(partition), inUse);
      try {
        return await prepareOn(place, taken, processes);
      } catch (error) {
        await taken.giveBack();
        throw error;
      }
    },
  };
}

async function prepareOn(place: CardPlace, taken: TakenInstance, processes: number): Promise<PreparedPartition> {
  const { instance } = taken;
  const { uuid, profile, start } = instance;
  const joined = processes === 1 ? undefined : await joinShared(place, uuid, processes);
  let released: Promise<void> | undefined;
  const release = async () => {
    await joined?.lease.release();
    await taken.giveBack();
  };
  return {
    mechanism: `MIG instance ${profile}${placeOf(start)}${joined === undefined ? "" : `, ${processes} processes through MPS${joined.limit.words}`}`,
    join: { kind: "none" },
    threads: cardHostThreads,
    environment: { CUDA_VISIBLE_DEVICES: uuid, ...joined?.lease.daemon.environment, ...joined?.limit.environment },
    settings: { card: place.card.uuid, instance: uuid },
    ...(joined === undefined ? {} : { check: joined.check }),
    release: () => {
      released ??= release();
      return released;
    },
  };
}

async function joinShared(place: CardPlace, uuid: string, processes: number) {
  const refusal = await daemonRefusal(place);
  if (!refusal.ok) throw new WorkerFailure("failed", refusal.reason);
  return joinDaemon(place, { uuid, isStatic: false }, processes);
}

async function available(place: CardPlace, partition: MigPartition, inUse: ReadonlySet<string>): Promise<Availability> {
  const { card, createMig, programs } = place;
  const { computeMode, migEnabled } = await card.facts();
  if (computeMode === "prohibited") return prohibited(card.uuid);
  if (migEnabled !== true) return { ok: false, reason: migOff(card.uuid, migEnabled) };
  const instances = await card.migInstances();
  if (instances.some((each) => matches(each, partition))) return { ok: true };
  const { profile } = findMigProfile(place.device, partition.profile);
  const start = freeStart(partition, profile, place, instances);
  if (start === undefined) return { ok: false, reason: `no memory slices are free for it beside ${words(instances)}` };
  if (createMig && programs.smi === undefined)
    return {
      ok: false,
      reason: 'the program "nvidia-smi", which creates instances, is missing; it comes with the driver',
    };
  if (createMig || inUse.size > 0) return { ok: true };
  return {
    ok: false,
    reason: `there is no such instance, only ${words(instances)}; let it be made for the time of measuring with --create-mig, or make it as root: nvidia-smi mig -i ${card.uuid} -cgi ${profile.id}:${start} -C`,
  };
}

function migOff(uuid: string, migEnabled: boolean | null): string {
  return migEnabled === null
    ? `${uuid} has no MIG`
    : `MIG is disabled on ${uuid}; end everything that uses the card and enable it as root: nvidia-smi -i ${uuid} -mig 1 (Ampere cards are reset by that, and some machines must be booted again)`;
}

/** An instance for one session: one that exists and that no other session has, else a new one where that is allowed. */
async function take(place: CardPlace, partition: MigPartition, inUse: Set<string>): Promise<TakenInstance> {
  const instances = await place.card.migInstances();
  const free = instances.filter((each) => !inUse.has(each.uuid));
  const found = free.find((each) => matches(each, partition));
  if (found !== undefined) {
    inUse.add(found.uuid);
    return { instance: found, giveBack: async () => void inUse.delete(found.uuid) };
  }
  if (place.createMig && place.programs.smi !== undefined) return make(place, partition, inUse, instances);
  throw new WorkerFailure(
    "failed",
    `no free MIG instance is a "${formatPartition(partition)}": there are ${words(instances)}, of which ${inUse.size} are in use`,
  );
}

async function make(
  place: CardPlace,
  partition: MigPartition,
  inUse: Set<string>,
  instances: readonly MigInstance[],
): Promise<TakenInstance> {
  const { profile } = findMigProfile(place.device, partition.profile);
  const start = freeStart(partition, profile, place, instances);
  if (start === undefined)
    throw new WorkerFailure(
      "failed",
      `no memory slices are free for "${formatPartition(partition)}" beside ${words(instances)}`,
    );
  const made = { uuid: place.card.uuid, profileId: profile.id, start };
  const destroy = await createInstance(place.programs.smi!, made, await place.restoration());
  const instance = (await place.card.migInstances()).find(
    (each) => each.start === start && each.profile === profile.name,
  );
  if (instance === undefined) {
    await destroy();
    throw new WorkerFailure(
      "failed",
      `nvidia-smi reported success, and the driver lists no ${profile.name} at memory slice ${start}`,
    );
  }
  inUse.add(instance.uuid);
  const giveBack = async () => {
    inUse.delete(instance.uuid);
    await destroy();
  };
  return { instance, giveBack };
}

/** Only root is told where an instance begins, which changes nothing of its speed: one at an unknown place is taken for the one that was asked for. */
function matches(instance: MigInstance, { profile, start }: MigPartition): boolean {
  return instance.profile === profile && (start === undefined || instance.start === null || instance.start === start);
}

function placeOf(start: number | null): string {
  return start === null ? " at a memory slice that only root is told" : ` at memory slice ${start}`;
}

/** Where an instance can be made beside those there are: the first place, or the one that was asked for. Not known without the rights to make one. */
function freeStart(
  { start }: MigPartition,
  { starts, size }: MigProfile,
  { device }: CardPlace,
  instances: readonly MigInstance[],
): number | undefined {
  const taken = instances.map((each) => ({
    from: each.start,
    size: findMigProfile(device, each.profile).profile.size,
  }));
  const isFree = (at: number) =>
    taken.every(({ from, size: other }) => from !== null && (at + size <= from || from + other <= at));
  return starts.filter((each) => start === undefined || each === start).find(isFree);
}

function words(instances: readonly MigInstance[]): string {
  return instances.length === 0
    ? "no instances at all"
    : instances.map(({ profile, start }) => `${profile}${placeOf(start)}`).join(", ");
}

function asMig(partition: Partition): MigPartition {
  if (partition.kind === "mig") return partition;
  throw new Error(`a MIG instance is no ${partition.kind}`);
}
