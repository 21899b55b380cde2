import { type StreamingQuantiles, streamingQuantiles } from "@partitune/numerics";
import type { Seconds } from "@partitune/schema";
import type { Window } from "../station.ts";
import { sectionCount } from "../tally.ts";
import type { Answered } from "./roomLog.ts";

/** What is remembered of one service, wherever it is answered: counts and sketches, however many requests there are. */
export interface ServiceTally {
  readonly window: Window;
  /** Response times of the window's requests, one sketch per section of the window, by arrival. */
  readonly sections: readonly StreamingQuantiles[];
  /** Requests of the window that were given up. */
  failed: number;
  /** Requests answered inside the window, whenever they arrived. */
  completed: number;
  /** Requests of the window that were answered after the deadline. */
  late: number;
  /** Batches answered of which some request belongs to the window. */
  batches: number;
  /** True when the backlog of a tenant was still growing at the end. */
  saturated: boolean;
}

/** Starts the tally of one service. */
export function openServiceTally(window: Window): ServiceTally {
  return {
    window,
    sections: Array.from({ length: sectionCount }, () => streamingQuantiles()),
    failed: 0,
    completed: 0,
    late: 0,
    batches: 0,
    saturated: false,
  };
}

/**
 * Counts a batch.
 *
 * @returns how many of its requests belong to the window
 */
export function countAnswered(tally: ServiceTally, batch: Answered, deadline: Seconds): number {
  const { window, sections } = tally;
  const { arrivals, size, start, service } = batch;
  const answered = start + service;
  if (answered >= window.start && answered < window.end) tally.completed += size;
  const perSecond = sectionCount / (window.end - window.start);
  let counted = 0;
  let late = 0;
  for (let i = 0; i < size; i++) {
    const arrival = arrivals[i]!;
    if (arrival < window.start || arrival >= window.end) continue;
    const section = Math.min(sectionCount - 1, Math.floor((arrival - window.start) * perSecond));
    const response = start - arrival + service; // in this order a request that did not wait keeps its service time to the last bit
    sections[section]!.add(response);
    if (response > deadline) late++;
    counted++;
  }
  tally.late += late;
  if (counted > 0) tally.batches++;
  return counted;
}
