import { join } from "node:path";
import { InputError, loadJson, type ModePlan } from "@partitune/schema";
import { raisePriority } from "../live/raisePriority.ts";
import { checkSocketPath, startRequestServer } from "../live/requestServer.ts";
import { checkTurns } from "./checkTurns.ts";
import { type MinibatchLog, openMinibatchLog } from "./minibatchLog.ts";
import { parseTurnsOptions, type TurnsServerOptions } from "./parseTurnsOptions.ts";
import { type Jobs, startJobs } from "./startJobs.ts";
import { turnClock } from "./turnClock.ts";
import { Turns } from "./turns.ts";

const maxWaiting = 100_000;
/** Between looks at whether idle workers still live; a busy one is noticed at once. */
const lookMilliseconds = 500;

try {
  await serve(parseTurnsOptions(process.argv.slice(2)));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof InputError ? 2 : 1;
} finally {
  process.stdin.destroy(); // else it would be waited for
}

/**
 * The deployed server of a mode plan: its workers, the rules by which they take turns, and a socket for each inference. Says
 * `{"type":"serving"}` on standard output when requests can come. A plan's promises take the device for its own, so server and workers
 * run before other programs, where that may be done.
 */
async function serve(options: TurnsServerOptions): Promise<void> {
  const plan = loadJson(options.plan, "mode-plan");
  checkTurns(plan);
  for (const n of plan.inferences.keys()) checkSocketPath(socketOf(options, n));
  const stopped = askedToStop(options);
  const log = openMinibatchLog(options.log);
  try {
    const jobs = await Promise.race([startJobs(plan, options), stopped]);
    // Workers that are still being started end with their standard input, which this process holds.
    if (jobs === undefined) process.exit(0);
    for (const processId of [process.pid, ...jobs.processIds]) raisePriority(processId);
    try {
      await serveUntilStopped(plan, jobs, log, stopped, options);
    } finally {
      await jobs.close();
    }
  } finally {
    log.close();
  }
}

async function serveUntilStopped(
  plan: ModePlan,
  jobs: Jobs,
  log: MinibatchLog,
  stopped: Promise<undefined>,
  options: TurnsServerOptions,
): Promise<void> {
  const { promise: failed, resolve: onFailure } = Promise.withResolvers<string>();
  const turns = new Turns(plan, jobs.engines, {
    clock: turnClock,
    managed: options.managed,
    maxWaiting,
    onMinibatch: log.minibatch,
    onWindow: log.window,
    onFailure,
  });
  const servers = await Promise.all(
    plan.inferences.map((_, n) => startRequestServer(socketOf(options, n), turns.queue(n))),
  );
  const watch = setInterval(() => jobs.areAlive() || onFailure("a worker has ended"), lookMilliseconds);
  process.stdout.write('{"type":"serving"}\n');
  const reason = await Promise.race([failed, stopped]);
  clearInterval(watch);
  for (const server of servers) server.stopAccepting();
  await turns.drain();
  await Promise.all(servers.map((server) => server.finish()));
  if (reason !== undefined) throw new Error(`a job failed: ${reason}`);
}

function socketOf({ folder }: TurnsServerOptions, n: number): string {
  return join(folder, `${n}.sock`);
}

/** Resolves at the first SIGTERM or SIGINT, or at the end of the standard input where that is asked for; a second signal ends the process. */
function askedToStop({ untilInputEnds }: TurnsServerOptions): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.once(signal, () => {
        resolve(undefined);
        process.once(signal, () => process.exit(1));
      });
    }
    if (!untilInputEnds) return;
    process.stdin.on("end", () => resolve(undefined));
    process.stdin.resume();
  });
}
