import type { Seconds } from "@partitune/schema";
import { type BatchQueue, batchQueue } from "../batchQueue.ts";
import { serviceRatios } from "../serviceRatios.ts";
import type { Member } from "./fleet.ts";
import type { MemberLog, RoomLog } from "./roomLog.ts";

/** A process of a member, and the batch it runs. */
export interface Process {
  readonly arrivals: Float64Array;
  readonly room: RoomState;
  readonly member: MemberState;
  /** Index in the flat order of all processes. */
  readonly index: number;
  state: "idle" | "serving" | "pausing";
  size: number;
  start: Seconds;
  service: Seconds;
  /** Time that the batch occupies the process after its answer, at full speed. */
  rest: Seconds;
  /** True while the batch has run at exactly its table's speed. */
  undisturbed: boolean;
  freeSince: Seconds;
}

export interface MemberState {
  readonly member: Member;
  readonly queue: BatchQueue;
  readonly ratio: () => number;
  readonly log: MemberLog;
  readonly processes: Process[];
  working: number;
  workingSince: Seconds;
  /** When its processes were last all free: from then on it waits for a batch to fill. */
  freeSince: Seconds;
  /** False once every request of the window is answered, or given up. */
  open: boolean;
  givenUp: boolean;
}

export interface RoomState {
  readonly index: number;
  readonly log: RoomLog;
  readonly members: readonly MemberState[];
  working: number;
  workingSince: Seconds;
  /** Whose turn the next start is; of several members, the last turn until then. */
  turn: number;
}

/** Of the idle processes the one that has been so longest; there is one. */
export function longestFree({ processes }: MemberState): Process {
  let longest: Process | null = null;
  for (const process of processes)
    if (process.state === "idle" && (longest === null || process.freeSince < longest.freeSince)) longest = process;
  return longest!;
}

/** Gives up what of the window has not started. */
export function giveUp(member: MemberState, end: Seconds): void {
  const { queue, log } = member;
  for (; queue.nextArrival() < end; queue.head++) log.givenUp(queue.times[queue.head]!);
  member.givenUp = true;
}

export function openMember(member: Member, log: MemberLog): MemberState {
  return {
    member,
    queue: batchQueue(member.arrivals(), member.maxBatch, member.maxDelay),
    ratio: serviceRatios(member.ratios, member.random.fork("service")),
    log,
    processes: [],
    working: 0,
    workingSince: 0,
    freeSince: 0,
    open: true,
    givenUp: false,
  };
}

export function openProcess(room: RoomState, member: MemberState, index: number): Process {
  return {
    room,
    member,
    index,
    arrivals: new Float64Array(member.member.maxBatch),
    state: "idle",
    size: 0,
    start: 0,
    service: 0,
    rest: 0,
    undisturbed: true,
    freeSince: 0,
  };
}
