import {
  answer,
  gatherAll,
  idleUntil,
  isOver,
  nextReady,
  nextStop,
  type PeriodPlay,
  type Server,
} from "../periodPlay.ts";
import type { TimeSharing } from "./timeSharing.ts";

/** One minibatch at a time, none interrupted; a ready inference goes first, the more urgent before the less. */
export const managed = {
  description: "one minibatch at a time, by the plan's rule",
  play(play) {
    const { servers, device } = play;
    for (;;) {
      gatherAll(play);
      const server = servers.find(({ gatherer }) => gatherer.ready.length > 0);
      if (isOver(play, server !== undefined)) return;
      if (server !== undefined) serve(play, server);
      else if (mayTrain(play)) train(play);
      else idleUntil(play, nextEvent(play, device.now));
    }
  },
} satisfies TimeSharing;

function serve(play: PeriodPlay, server: Server): void {
  const { workload, expected } = server.gatherer.inference;
  run(play, workload, expected.seconds * server.draw(), expected.watts, 0);
  answer(server, play.device.now);
}

function mayTrain(play: PeriodPlay): boolean {
  const { background, device } = play;
  if (background === null) return false;
  return background.mayStart(device.now + changeover(play, background.job.workload), nextReady(play));
}

function train(play: PeriodPlay): void {
  const { job, draw, started } = play.background!;
  started();
  run(play, job.workload, job.expected.seconds * draw(), job.expected.watts, 1);
}

/** The next time at which something may start. */
function nextEvent(play: PeriodPlay, now: number): number {
  const allowed = play.background?.allowedMoreAt(now) ?? Number.POSITIVE_INFINITY;
  return Math.min(nextStop(play), allowed);
}

function changeover({ device, changeoverSeconds }: PeriodPlay, job: string): number {
  return device.lastJob === null || device.lastJob === job ? 0 : changeoverSeconds;
}

function run(play: PeriodPlay, job: string, seconds: number, watts: number, minibatches: number): void {
  const { device, meter } = play;
  const change = changeover(play, job);
  if (change > 0) idleUntil(play, device.now + change);
  meter.spend(device.now, device.now + seconds, watts, true, minibatches);
  meter.drew(watts);
  device.now += seconds;
  device.lastJob = job;
}
