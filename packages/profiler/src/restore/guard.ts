import { createInterface } from "node:readline";
import type { RestoreStep } from "@partitune/schema";
import { identifyProcess, isOfThisBoot } from "../identifyProcess.ts";
import { describeFailure } from "../restorers/describeFailure.ts";
import { restorers } from "../restorers/index.ts";
import type { Restorer } from "../restorers/restorer.ts";
import { finishRestoring, note, restoreNow, timestamp } from "./finishRestoring.ts";
import type { FromGuard, GuardSettings, ToGuard } from "./guardProtocol.ts";
import type { NumberedStep, StepOutcome } from "./putBack.ts";
import { openRestoreLog } from "./restoreLog.ts";
import { restoreWorld } from "./restoreWorld.ts";
import { watchOwner } from "./watchOwner.ts";

// The guard process: it waits for the end of its standard input, which is the other end of a pipe that only the guarded process holds.
// The kernel closes it even after SIGKILL. It alone writes steps and outcomes into the restore file. It imports no schema and nothing
// native before it must, so that it starts at once and is small.

const { paths, inode, owner, recordedBy, patience, driver } = JSON.parse(process.argv[2]!) as GuardSettings;

// A signal of the terminal or of a shutdown concerns the guarded process; the guard has to outlive it.
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => {});
process.stdout.on("error", () => {}); // nobody is left to hear it

const open = { paths, log: openRestoreLog(paths.file, inode) };
const world = restoreWorld(await isOfThisBoot(recordedBy), driver);
const steps = new Map<number, RestoreStep>();
let surrendered: string | undefined;
let released = false;

const say = (message: FromGuard) => void process.stdout.write(`${JSON.stringify(message)}\n`);
const known = (): readonly NumberedStep[] => [...steps].map(([number, step]) => ({ number, step }));

async function add(number: number, step: RestoreStep): Promise<FromGuard> {
  if (surrendered !== undefined) return { type: "refused", reason: surrendered };
  const restorer: Restorer<RestoreStep> = restorers[step.kind];
  const doubt = await restorer.doubt(step, world).catch(describeFailure);
  if (doubt !== undefined) return { type: "refused", reason: doubt };
  try {
    open.log.append({ type: "step", at: timestamp(), number, step });
  } catch (error) {
    return { type: "refused", reason: describeFailure(error) };
  }
  steps.set(number, step);
  return { type: "done", outcomes: [] };
}

async function undo(numbers: readonly number[]): Promise<FromGuard> {
  const chosen = known().filter(({ number }) => numbers.includes(number));
  const outcomes = await restoreNow(open, chosen, world);
  for (const { number, reason } of outcomes) if (reason === undefined) steps.delete(number);
  return { type: "done", outcomes };
}

async function answer(message: Exclude<ToGuard, { readonly type: "beat" }>): Promise<FromGuard> {
  switch (message.type) {
    case "open":
      for (const { number, step } of message.steps) steps.set(number, step);
      note(open.log, { type: "guarded", at: timestamp(), guard: await identifyProcess(process.pid) });
      return { type: "done", outcomes: [] };
    case "add":
      return add(message.number, message.step);
    case "undo":
      return undo(message.numbers);
    case "release":
      return { type: "done", outcomes: await finish("released") };
  }
}

/** The last thing it does, once: whatever is back already is only read back. */
async function finish(reason: string): Promise<readonly StepOutcome[]> {
  released = true;
  watch.stop();
  const outcomes = await finishRestoring(open, known(), world, reason);
  await world.close();
  return outcomes;
}

/** Its owner may wake up and go on changing; so the guard stays, takes no more steps, and puts everything back again at the end. */
async function surrender(reason: string): Promise<void> {
  surrendered = reason;
  note(open.log, { type: "surrendered", at: timestamp(), reason });
  await restoreNow(open, known(), world);
  say({ type: "surrendered", reason });
}

let work: Promise<void> = Promise.resolve();
/** One after the other; signs of life while it takes long. */
function inTurn(action: () => Promise<void>): void {
  work = work.then(async () => {
    const alive = setInterval(() => say({ type: "alive" }), patience.tickSeconds * 1e3);
    await action().finally(() => clearInterval(alive));
  });
}

function ownerEnded(): void {
  lines.close();
  process.stdin.destroy();
  inTurn(async () => {
    if (!released) await finish(`process ${owner.pid} ended`);
  });
}

const watch = watchOwner(owner, patience, {
  onGone: ownerEnded,
  onSilent: (reason) => inTurn(async () => (released ? undefined : surrender(reason))),
});

const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
process.stdin.once("end", ownerEnded).once("error", ownerEnded);
lines.on("line", (line) => {
  watch.beat();
  const message = parse(line);
  if (message === undefined || message.type === "beat") return;
  inTurn(async () => {
    if (released) return;
    say(await answer(message));
    if (message.type === "release") process.stdin.destroy();
  });
});

/** A line that was cut off by the end of its writer was never answered, so nothing was changed after it. */
function parse(line: string): ToGuard | undefined {
  try {
    return JSON.parse(line) as ToGuard;
  } catch {
    return undefined;
  }
}
