import { type Random, seededRandom } from "@partitune/numerics";
import {
  type Arrivals,
  type Device,
  type FleetGpu,
  type FleetPiece,
  type FleetPlan,
  type FleetService,
  type FleetTenant,
  InputError,
  type InterferenceModel,
  occupantOf,
} from "@partitune/schema";
import { checkArrivals } from "../checkArrivals.ts";
import { meanRate } from "../meanRate.ts";
import { checkFleetPlan } from "./checkFleetPlan.ts";
import { type DelayedArrivals, delayedTimes } from "./delayedTimes.ts";
import type { Fleet, Island, Member, Room, ServiceLoad } from "./fleet.ts";
import { pieceContention } from "./pieceContention.ts";
import { splitArrivals } from "./splitArrivals.ts";
import { timesOf } from "./timesOf.ts";

/** How requests arrive, and how pieces slow each other down, where it is not as the plan says. */
export interface FleetLoad {
  /** Service → how its requests arrive; by default Poisson at the rate of the plan. */
  readonly arrivals?: Readonly<Record<string, Arrivals>>;
  /** Service → when its requests begin and end; by default they come all the time. */
  readonly delays?: Readonly<Record<string, DelayedArrivals>>;
  /** By default the plan's own model. */
  readonly interference?: InterferenceModel;
}

/**
 * Turns a fleet plan into numbers, checking everything that the loops rely on.
 *
 * Requests of a service are sent to its tenants at random, in proportion to the rates that the plan gives them.
 *
 * @param seed  services and tenants draw from their own streams, fixed by this seed and their names
 * @throws InputError when the plan contradicts itself or the hardware, a service table has gaps, or arrivals name nothing
 */
export function toFleet(plan: FleetPlan, load: FleetLoad, seed: string | number): Fleet {
  checkFleetPlan(plan);
  checkNames(plan, { ...load.arrivals, ...load.delays });
  const random = seededRandom(seed);
  const tenants = Map.groupBy(
    plan.gpus.flatMap(({ pieces }) => pieces.flatMap((piece) => piece.tenants)),
    ({ service }) => service,
  );
  const streams = new Map(
    plan.services.map((service, i) => [
      service.name,
      streamOf(service, i, tenants.get(service.name) ?? [], load, random),
    ]),
  );
  const model = load.interference ?? plan.interference;
  return {
    services: plan.services.map((service) => loadOf(service, streams.get(service.name)!.arrivals)),
    islands: plan.gpus.flatMap((gpu) => islandsOf(plan, gpu, model, streams)),
  };
}

/** The requests of one service before they are sent anywhere. */
interface Stream {
  readonly service: FleetService;
  readonly index: number;
  /** Null when nobody sends requests. */
  readonly arrivals: Arrivals | null;
  readonly delay: DelayedArrivals | undefined;
  /** Ids of the tenants that answer it, and the weights by which they are chosen. */
  readonly tenants: readonly string[];
  readonly weights: readonly number[];
  readonly random: Random;
}

type Streams = ReadonlyMap<string, Stream>;

function streamOf(
  service: FleetService,
  index: number,
  tenants: readonly FleetTenant[],
  { arrivals = {}, delays = {} }: FleetLoad,
  random: Random,
): Stream {
  const { name, ratePerSecond } = service;
  const given = Object.hasOwn(arrivals, name) ? checkArrivals(name, arrivals[name]!) : null;
  const usual: Arrivals | null = ratePerSecond === 0 ? null : { kind: "poisson", ratePerSecond };
  const weights = tenants.map((tenant) => tenant.ratePerSecond);
  const own = given ?? usual;
  if (own !== null && weights.every((weight) => weight === 0))
    throw new InputError({
      what: `service "${name}"`,
      problem: "gets requests, but no tenant of the plan is sent any",
      advice: 'give at least one of its tenants a "ratePerSecond" above 0',
    });
  return {
    service,
    index,
    arrivals: own,
    delay: Object.hasOwn(delays, name) ? delays[name] : undefined,
    tenants: tenants.map(({ id }) => id),
    weights,
    random: random.fork("service").fork(name),
  };
}

function loadOf({ name, workload, deadlineSeconds }: FleetService, arrivals: Arrivals | null): ServiceLoad {
  return {
    name,
    workload,
    ratePerSecond: arrivals === null ? 0 : meanRate(arrivals),
    deadline: deadlineSeconds,
  };
}

function islandsOf(plan: FleetPlan, gpu: FleetGpu, model: InterferenceModel, streams: Streams): readonly Island[] {
  const rooms = gpu.pieces.map((piece) => toRoom(gpu, piece, streams));
  const felt = rooms.filter(({ partition }) => partition.kind !== "mig");
  if (felt.length < 2 || model.model === "none") return rooms.map((room) => ({ rooms: [room], contention: null }));
  const device = deviceOf(plan, gpu);
  const alone = rooms.filter((room) => !felt.includes(room)).map((room) => ({ rooms: [room], contention: null }));
  const occupants = felt.map(({ members, partition }) =>
    members.map(({ workload, maxBatch }) => occupantOf({ workload, partition, batch: maxBatch }, device)),
  );
  return [{ rooms: felt, contention: pieceContention(model, felt, occupants) }, ...alone];
}

/** The device that a card of the plan is one of. */
export function deviceOf({ devices }: Pick<FleetPlan, "devices">, { device }: Pick<FleetGpu, "device">): Device {
  return devices.find(({ name }) => name === device)!;
}

function toRoom(gpu: FleetGpu, { id, partition, tenants }: FleetPiece, streams: Streams): Room {
  return { gpu: gpu.id, piece: id, partition, members: tenants.map((tenant) => toMember(tenant, streams)) };
}

function toMember(tenant: FleetTenant, streams: Streams): Member {
  const stream = streams.get(tenant.service)!;
  return {
    id: tenant.id,
    workload: stream.service.workload,
    service: stream.index,
    maxBatch: tenant.batch,
    processes: tenant.processes,
    maxDelay: tenant.maxDelaySeconds,
    ...timesOf(tenant),
    arrivals: () => timesAt(stream, tenant.id),
    random: stream.random.fork("tenant").fork(tenant.id),
  };
}

function timesAt({ arrivals, delay, tenants, weights, random }: Stream, tenant: string) {
  const own = tenants.indexOf(tenant);
  if (arrivals === null || weights[own] === 0) return noTimes;
  const times = splitArrivals(arrivals, weights, own, random);
  return delay === undefined ? times : delayedTimes(times, delay);
}

const noTimes = {
  fill(buffer: Float64Array, from: number): void {
    buffer.fill(Number.POSITIVE_INFINITY, from);
  },
};

function checkNames({ services }: FleetPlan, named: Readonly<Record<string, unknown>>): void {
  const stranger = Object.keys(named).find((name) => services.every((service) => service.name !== name));
  if (stranger === undefined) return;
  throw new InputError({
    what: `arrivals "${stranger}"`,
    problem: "name no service of the plan",
    advice: `use one of ${services.map(({ name }) => `"${name}"`).join(", ")}`,
  });
}
