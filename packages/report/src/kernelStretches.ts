import type { KernelStep } from "@partitune/schema";

/** Operations of a step that are drawn as one box. */
export interface KernelStretch {
  /** Index of the identity that takes most of it. */
  readonly identity: number;
  readonly operations: number;
  /** From the start of the step, ns. */
  readonly start: number;
  readonly end: number;
}

/** Idle time of the device within a step. */
export interface KernelGap {
  /** Index of the identity before it. */
  readonly after: number;
  readonly start: number;
  readonly end: number;
  /** 1 nothing more was launched; 2 launched, but waiting for something else. */
  readonly kind: number;
}

/** A step as boxes and gaps; up to `joined` ns of idle time between operations of one box. */
export interface KernelStretches {
  readonly stretches: readonly KernelStretch[];
  readonly gaps: readonly KernelGap[];
  readonly span: number;
  /** ns; 0 when every operation has a box of its own. */
  readonly joined: number;
}

/**
 * A step as boxes that can be drawn: its operations, or, where there are more of them than `most`, operations with little idle time in between
 * together, as little as gives at most that many boxes.
 */
export function kernelStretches(step: KernelStep, most: number): KernelStretches {
  const { durations, idles, identities, idleKinds } = step;
  const count = durations.length;
  const least = count <= most ? -1 : idles.slice(0, -1).sort((a, b) => a - b)[count - 1 - most]!;
  const stretches: KernelStretch[] = [];
  const gaps: KernelGap[] = [];
  let now = 0;
  let open: OpenStretch | null = null;
  for (let row = 0; row < count; row++) {
    const end = now + durations[row]!;
    open ??= { start: now, operations: 0, times: new Map() };
    open.operations++;
    open.times.set(identities[row]!, (open.times.get(identities[row]!) ?? 0) + durations[row]!);
    const idle = idles[row]!;
    if (idle > least || row === count - 1) {
      stretches.push(close(open, end));
      open = null;
      if (idle > 0) gaps.push({ after: identities[row]!, start: end, end: end + idle, kind: idleKinds[row]! });
    }
    now = end + idle;
  }
  return { stretches, gaps, span: now, joined: Math.max(0, least) };
}

interface OpenStretch {
  readonly start: number;
  operations: number;
  readonly times: Map<number, number>;
}

function close({ start, operations, times }: OpenStretch, end: number): KernelStretch {
  const [identity] = [...times].reduce((most, entry) => (entry[1] > most[1] ? entry : most));
  return { start, end, operations, identity };
}
