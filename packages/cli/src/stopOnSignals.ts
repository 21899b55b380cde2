/** A way to end long work: the first Ctrl-C asks it to finish what it is writing, the second ends the process. */
export interface Stop {
  readonly signal: AbortSignal;
  /** Gives the signals back to the process. */
  release(): void;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export function stopOnSignals(): Stop {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(130);
    process.stderr.write("\nstopping after what is in flight; press Ctrl-C again to end at once\n");
    controller.abort();
  };
  for (const name of signals) process.on(name, onSignal);
  const release = () => {
    for (const name of signals) process.off(name, onSignal);
  };
  return { signal: controller.signal, release };
}
