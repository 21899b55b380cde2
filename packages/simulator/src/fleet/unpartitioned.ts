import { InputError } from "@partitune/schema";
import type { CardLaw } from "./cardLaws.ts";
import type { CardTimes } from "./cardTimes.ts";
import type { Fleet, Island, Member, Room } from "./fleet.ts";
import { toCardJobs } from "./toCardJobs.ts";

/**
 * The same fleet without its partitions: on every card the same tenants serve the same requests in the same batches, but each from the whole
 * card, as the law lets them.
 *
 * @param times  workload → how fast it is on parts of the card
 * @param slowdown  factor on the time of a batch while another one runs beside it
 * @throws InputError when the law asks for what is not known of a workload
 */
export function unpartitioned(
  fleet: Fleet,
  law: CardLaw,
  times: ReadonlyMap<string, CardTimes>,
  slowdown: number,
): Fleet {
  const cards = Map.groupBy(
    fleet.islands.flatMap(({ rooms }) => rooms),
    ({ gpu }) => gpu,
  );
  return { ...fleet, islands: [...cards.values()].map((rooms) => uncut(rooms, law, times, slowdown)) };
}

function uncut(rooms: readonly Room[], law: CardLaw, times: ReadonlyMap<string, CardTimes>, slowdown: number): Island {
  const clients = rooms.flatMap(({ gpu, members }) =>
    members.map((member) => {
      const known = knownTimes(member, law, times);
      const jobs = toCardJobs(member.workload, known, member.maxBatch);
      const own: Member = {
        ...member,
        times: jobs.seconds,
        occupancy: jobs.seconds,
        ratios: Float64Array.from(known.ratios).sort(),
      };
      const room: Room = { gpu, piece: member.id, partition: { kind: "whole" }, members: [own] };
      return { room, jobs: Array.from({ length: member.processes }, () => jobs) };
    }),
  );
  return {
    rooms: clients.map(({ room }) => room),
    contention: law.contention(
      clients.flatMap(({ jobs }) => jobs),
      slowdown,
    ),
  };
}

function knownTimes({ workload }: Member, law: CardLaw, times: ReadonlyMap<string, CardTimes>): CardTimes {
  const known = times.get(workload);
  if (known === undefined)
    throw new InputError({
      what: `workload "${workload}"`,
      problem: "has no times on the whole card",
      advice: "give them, since without partitions it runs there",
    });
  if (law.needsSizes && known.sizes.length < 2)
    throw new InputError({
      what: `workload "${workload}"`,
      problem: `is only known on the whole card, but "${law.title}" asks how fast it is on parts of it`,
      advice: "measure it on two sizes or more, or choose the laws mps-alternate and time-slice",
    });
  return known;
}
