import {
  buildSpace,
  loadRecording,
  memorySink,
  openJournal,
  profile,
  replayExecutor,
  syntheticExecutor,
} from "@partitune/profiler";
import { formatConfig, InputError, type Measurement } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { share, shortProtocol, smallSpace, syntheticWorkload } from "../fixtures/syntheticCampaign.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const rounds = { ...shortProtocol, rounds: 2 };

async function recorded(): Promise<string> {
  const folder = temporaryFolder();
  const sink = await openJournal(folder);
  const workloads = [syntheticWorkload("a", { memoryBytes: 7.5 * 2 ** 30 }, [1, 2]), syntheticWorkload("b")];
  await profile(syntheticExecutor(), smallSpace({ workloads }), rounds, sink).finally(() => sink.close());
  return folder;
}

function latencies(rows: readonly Measurement[]): Readonly<Record<string, unknown>> {
  const points = rows.filter((row) => !row.baseline);
  return Object.fromEntries(
    points.map(({ point, outcome }) => [
      `${formatConfig(point.config)} ${point.round}`,
      outcome.kind === "measured" ? outcome.results.latency : outcome.kind,
    ]),
  );
}

test("a recording that is profiled again by the same rules gives the same latencies", async () => {
  const folder = await recorded();
  const { profile: original } = loadRecording(folder);
  const executor = replayExecutor(() => loadRecording(folder));
  const { device } = await executor.describe();
  const partitions = [share(0.5), share(1)];
  const space = buildSpace(device, { workloads: original.workloads, partitions });
  const end = await profile(executor, space, rounds, memorySink(), { seed: "another order" });
  expect(latencies(end.profile!.measurements)).toEqual(latencies(original.measurements));
  expect(Object.values(latencies(original.measurements))).toContain("infeasible");
});

describe("only what was recorded is answered", () => {
  test("a workload or a partition that was not is refused at once", async () => {
    const folder = await recorded();
    const executor = replayExecutor(() => loadRecording(folder));
    await expect(executor.identify(syntheticWorkload("zoe"))).rejects.toThrow(
      /workload "zoe" was not recorded; choose one of "a", "b"/,
    );
    await expect(executor.admit(share(0.3))).rejects.toThrow(/partition "cpu-share:0.3" was not recorded/);
  });

  test("a configuration that was not fails by its name", async () => {
    const folder = await recorded();
    const executor = replayExecutor(() => loadRecording(folder));
    const config = { workload: "b", powerMode: "default", partition: share(0.5), batch: 64 };
    const session = await executor.open(syntheticWorkload("b"), config);
    await expect(session.run(64)).rejects.toThrow(
      /no recorded measurement of "b default cpu-share:0.5 batch 64"; profile it on the device/,
    );
  });
});

test("a folder without raw samples is no recording", async () => {
  const folder = temporaryFolder();
  expect(() => loadRecording(folder)).toThrow(InputError);
});
