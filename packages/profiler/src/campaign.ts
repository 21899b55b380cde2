import {
  type Calibration,
  type Device,
  formatLoad,
  formatPartition,
  InputError,
  isOneInFlight,
  type Profile,
  type Protocol,
  type Watts,
} from "@partitune/schema";
import { buildProfile } from "./buildProfile.ts";
import { checkProtocol } from "./checkProtocol.ts";
import { DeviceLost, type Executor } from "./executor.ts";
import { identifyWorkloads } from "./identifyWorkloads.ts";
import { environmentId } from "./identity.ts";
import { type Block, planRound, planRounds, type RoundContext } from "./planRound.ts";
import { recordIdle } from "./recordIdle.ts";
import { recordCalibration, recordPlan } from "./recordPlan.ts";
import { type CutShort, type Recorder, recordEnd, recordStep } from "./recordStep.ts";
import type { Sink } from "./sink.ts";
import { checkSpace, gridsOf, type Space } from "./space.ts";
import { openStage } from "./stage.ts";
import { type Progress, type ProgressTracker, trackProgress } from "./trackProgress.ts";

export interface CampaignOptions {
  /** Seed of the order of the rounds; the same on every call unless given. */
  readonly seed?: string;
  /** Counts measurements of other environments as done, instead of making them again. */
  readonly keepEnvironments?: boolean;
  /** Ends the campaign: what is measured stays, and the next call goes on from there. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** How a campaign ended. */
export interface CampaignEnd {
  readonly status: "complete" | "aborted";
  /** Null when nothing has been measured yet. */
  readonly profile: Profile | null;
  /** Measurements found in the journal. */
  readonly reused: number;
  /** Measurements made now, failures included. */
  readonly made: number;
}

/** Everything fixed before the first measurement. */
interface Campaign extends RoundContext, Recorder {
  readonly protocol: Protocol;
  readonly signal: AbortSignal;
}

/**
 * Measures a space on a device: every configuration once in each round, each round in a fresh random order, opened and closed by the
 * baselines.
 *
 * What the sink's journal holds already is not measured again, in whatever space it was measured; failures are tried again.
 * Everything is on disk before the next measurement begins, and the profile is saved after every round. Where the device tells its power, it is measured
 * idle before the first round and after the last.
 *
 * @throws InputError before anything is measured when the space does not fit the device, a workload cannot be started, or the
 *   journal was measured by other rules
 * @throws DeviceLost when the device goes meanwhile; what was measured before stays, and the next call goes on from there
 * @example
 *   const sink = await openJournal("profiles/r18");
 *   await profile(executor, space, protocols.quick, sink).finally(() => sink.close());
 */
export async function profile(
  executor: Executor,
  space: Space,
  protocol: Protocol,
  sink: Sink,
  options: CampaignOptions = {},
): Promise<CampaignEnd> {
  const campaign = await prepare(executor, space, protocol, sink, options);
  const progress = trackProgress(campaign, protocol.rounds, options.onProgress ?? (() => {}));
  const cutShort = await measureRounds(campaign, progress).catch((error) => endOnLoss(campaign, error));
  if (campaign.signal.aborted) await recordEnd(campaign, campaign.signal, cutShort);
  const { reused, made } = progress;
  return { status: campaign.signal.aborted ? "aborted" : "complete", profile: await save(campaign), reused, made };
}

async function measureRounds(campaign: Campaign, progress: ProgressTracker): Promise<CutShort | null> {
  const { protocol, signal } = campaign;
  let cutShort: CutShort | null = null;
  const hasWork = planRounds(protocol.rounds, campaign).length > 0;
  const idle = { ...campaign, onIdle: progress.onIdle };
  if (hasWork) await recordIdle(idle, "before");
  for (let round = 0; round < protocol.rounds && !signal.aborted; round++) {
    const blocks = planRound(round, campaign);
    if (blocks.length === 0) continue;
    const calibration = await recordCalibration(campaign, round);
    for (const block of blocks) cutShort ??= await measureBlock(block, campaign, calibration, progress);
    await save(campaign);
  }
  if (hasWork && !signal.aborted) await recordIdle(idle, "after");
  return cutShort;
}

/** What was measured before the device went is saved, and why there is no more of it written down. */
async function endOnLoss(campaign: Campaign, error: unknown): Promise<never> {
  if (error instanceof DeviceLost) {
    await recordEnd(campaign, { reason: error }, null);
    await save(campaign);
  }
  throw error;
}

async function prepare(
  executor: Executor,
  space: Space,
  protocol: Protocol,
  sink: Sink,
  options: CampaignOptions,
): Promise<Campaign> {
  const { device, environment: facts, warnings = [] } = await executor.describe();
  checkSpace(space, device);
  checkProtocol(protocol, sink);
  const workloads = await identifyWorkloads(executor, space.workloads);
  for (const partition of allPartitions(space, device)) await executor.admit(partition);
  for (const mode of new Set(gridsOf(space).flatMap(({ powerModes }) => powerModes))) await executor.admitMode?.(mode);
  checkProcesses(space, executor);
  checkLoads(space, executor);
  const environment = environmentId(facts, device);
  const accepted = options.keepEnvironments === true ? [...sink.journal.environments.keys()] : [];
  const environments = [...new Set([...accepted, environment])];
  const campaign: Campaign = {
    executor,
    space,
    device,
    workloads,
    protocol,
    environment,
    sink,
    seed: options.seed ?? "partitune",
    signal: options.signal ?? new AbortController().signal,
    isDone: (id) => environments.some((each) => sink.journal.row(id, each)?.complete === true),
  };
  const measurements = planRounds(protocol.rounds, { ...campaign, isDone: () => false }).length;
  await recordPlan({ ...campaign, facts, warnings, accepted: environments, measurements });
  return campaign;
}

function allPartitions(space: Space, device: Device) {
  const asked = gridsOf(space).flatMap(({ partitions, companies }) => [
    ...partitions,
    ...companies.flat().map((each) => each.partition),
  ]);
  return new Map([device.defaultPartition, ...asked].map((each) => [formatPartition(each), each])).values();
}

function checkProcesses(space: Space, { name, mostProcesses = 1 }: Executor): void {
  const asked = gridsOf(space).flatMap(({ processes = [], companies }) => [
    ...processes,
    ...companies.flat().map((each) => each.processes ?? 1),
  ]);
  const most = Math.max(1, ...asked);
  if (most <= mostProcesses) return;
  throw new InputError({
    what: `the number of processes ${most}`,
    problem: `is more than executor "${name}" can run of one workload at once`,
    advice: `ask for at most ${mostProcesses}`,
  });
}

/** One batch in flight is what every executor does. */
function checkLoads(space: Space, { name, loads = [] }: Executor): void {
  const others = gridsOf(space).flatMap((grid) => (grid.loads ?? []).filter((load) => !isOneInFlight(load)));
  const refused = others.find(({ kind }) => !loads.includes(kind));
  if (refused === undefined) return;
  throw new InputError({
    what: `load "${formatLoad(refused)}"`,
    problem: `cannot be generated by executor "${name}"`,
    advice:
      loads.length === 0
        ? 'leave --loads out, or write "closed:1": it keeps one batch in flight'
        : `choose among ${loads.join(", ")}`,
  });
}

/** Measures a block on one stage. Returns what was cut short when the campaign is ended. */
async function measureBlock(
  block: Block,
  campaign: Campaign,
  calibration: Calibration,
  progress: ProgressTracker,
): Promise<CutShort | null> {
  const stage = openStage({ ...campaign, calibration, idleWatts: idleWatts(campaign), onPhase: progress.onPhase });
  try {
    for (const step of block) {
      if (campaign.signal.aborted) return null;
      const began = campaign.executor.clock.now();
      const recorded = await recordStep(step, stage, campaign);
      if (campaign.signal.aborted) return recorded.kind === "aborted" ? recorded.partial : null;
      progress.onDone(step, campaign.executor.clock.now() - began);
      if (recorded.kind === "recorded" && recorded.lost !== undefined) throw recorded.lost;
    }
    return null;
  } finally {
    await stage.leave();
  }
}

/** Power of the empty device as it was measured last. */
function idleWatts({ sink, environment }: Campaign): Watts | null {
  const empty = sink.journal.idle.findLast((each) => each.environment === environment && each.state === "empty");
  return empty?.powerWatts.mean ?? null;
}

async function save(campaign: Campaign): Promise<Profile | null> {
  const built = buildProfile(campaign.sink.journal);
  if (built !== null) await campaign.sink.save(built);
  return built;
}
