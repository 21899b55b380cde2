import type { Random } from "@partitune/numerics";

/** Inference in windows and training between, as a device would live through it. */
export interface TurnsCase {
  readonly batch: number;
  readonly windowSeconds: number;
  readonly serviceSeconds: number;
  readonly trainingSeconds: number;
  /** A training minibatch may start if it ends at most this late after the next inference minibatch is ready; infinity: always. */
  readonly lateSeconds: number;
  /** Whether a minibatch runs when its last request arrives (requests come evenly) instead of at the window's end. */
  readonly onFull: boolean;
}

export interface Played {
  readonly longestLatency: number;
  readonly trainingRate: number;
}

/**
 * Plays the case event by event and shares nothing with the solver. With a random stream, windows hold fewer requests at random
 * times and minibatches are quicker than the worst; without, every window is full and its first request comes at once.
 */
export function playTurns(input: TurnsCase, windows: number, random?: Random): Played {
  let now = 0;
  let trained = 0;
  let longestLatency = 0;
  for (let window = 0; window < windows; window++) {
    const arrivals = arrivalsOf(input, window, random);
    const ready = input.onFull ? arrivals.at(-1)! : (window + 1) * input.windowSeconds;
    while (now < ready - 1e-9 && mayTrain(input, now, ready)) {
      now += input.trainingSeconds * quickness(random);
      trained += 1;
    }
    now = Math.max(now, ready);
    if (arrivals.length === 0) continue;
    now += input.serviceSeconds * quickness(random);
    longestLatency = Math.max(longestLatency, now - arrivals[0]!);
  }
  return { longestLatency, trainingRate: trained / (windows * input.windowSeconds) };
}

function mayTrain({ trainingSeconds, lateSeconds }: TurnsCase, now: number, ready: number): boolean {
  return now + trainingSeconds <= ready + lateSeconds + 1e-9;
}

function quickness(random: Random | undefined): number {
  return random === undefined ? 1 : 1 - 0.3 * random.next();
}

function arrivalsOf({ batch, windowSeconds, onFull }: TurnsCase, window: number, random?: Random): readonly number[] {
  const apart = windowSeconds / batch;
  if (onFull) return Array.from({ length: batch }, (_, i) => (window * batch + i) * apart);
  if (random === undefined) return [window * windowSeconds];
  const count = random.integer(batch + 1);
  return Array.from({ length: count }, () => (window + random.next()) * windowSeconds).sort((a, b) => a - b);
}
