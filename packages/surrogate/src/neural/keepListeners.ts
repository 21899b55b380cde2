/**
 * Runs work and takes away the listeners of the process that it added for these events: a library that loads should not decide how
 * the whole program ends.
 */
export async function keepListeners<T>(
  events: readonly ("uncaughtException" | "unhandledRejection")[],
  work: () => Promise<T>,
): Promise<T> {
  const before = new Map(events.map((event) => [event, new Set(listenersOf(event))]));
  try {
    return await work();
  } finally {
    for (const [event, known] of before) {
      for (const listener of listenersOf(event)) {
        if (!known.has(listener)) process.removeListener(event, listener);
      }
    }
  }
}

type Listener = (...values: unknown[]) => void;

function listenersOf(event: string): readonly Listener[] {
  return process.rawListeners(event) as Listener[];
}
