import { buildSpace, type CampaignEnd, type Executor, openJournal, profile } from "@partitune/profiler";
import type { Protocol } from "@partitune/schema";
import { startProgress } from "./progress.ts";
import { stopOnSignals } from "./stopOnSignals.ts";
import { warn } from "./warn.ts";
import { withExecutor } from "./withExecutor.ts";

/** What is measured; the rest of a space is as usual. */
export type SpaceChoices = Parameters<typeof buildSpace>[1];

/** What a campaign from the command line consists of. */
export interface CampaignRequest extends SpaceChoices {
  readonly executor: Executor;
  readonly protocol: Protocol;
  readonly folder: string;
  readonly seed: string;
  readonly keepEnvironments: boolean;
}

/** Measures with a progress bar; the first Ctrl-C keeps everything and ends. What was changed on the device is put back in any case. */
export function runCampaign(request: CampaignRequest): Promise<CampaignEnd> {
  return withExecutor(request.executor, () => measureCampaign(request));
}

async function measureCampaign(request: CampaignRequest): Promise<CampaignEnd> {
  const { executor, protocol, folder, seed, keepEnvironments, ...choices } = request;
  const sink = await openJournal(folder);
  const progress = startProgress("profile");
  const stop = stopOnSignals();
  try {
    const { device } = await executor.describe();
    const space = buildSpace(device, choices);
    const end = await profile(executor, space, protocol, sink, {
      seed,
      keepEnvironments,
      signal: stop.signal,
      onProgress: ({ done, total, current, secondsLeft }) =>
        progress.update({ what: current, done, total, secondsLeft }),
    });
    progress.end(describeEnd(end, folder));
    warn(end.profile?.warnings ?? []);
    return end;
  } catch (error) {
    progress.end();
    throw error;
  } finally {
    stop.release();
    await sink.close();
  }
}

function describeEnd({ status, made, reused }: CampaignEnd, folder: string): string {
  const counts = `${made} measurements (${reused} were there) in ${folder}`;
  return status === "complete" ? `made ${counts}` : `stopped after ${counts}; the same command goes on from there`;
}
