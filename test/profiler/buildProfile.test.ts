import { buildProfile, emptyJournal, type Journal, memorySink, profile, syntheticExecutor } from "@partitune/profiler";
import { profile as profileSchema } from "@partitune/schema";
import { expect, test } from "vitest";
import { shortProtocol, smallSpace } from "./fixtures/syntheticCampaign.ts";

async function journalOf(): Promise<Journal> {
  const sink = memorySink();
  await profile(syntheticExecutor(), smallSpace(), shortProtocol, sink);
  return sink.journal;
}

test("the same journal gives the same profile, and a valid one", async () => {
  const journal = await journalOf();
  const built = buildProfile(journal);
  expect(buildProfile(journal)).toEqual(built);
  expect(profileSchema.parse(built)).toEqual(built);
});

test("what is said of a profile comes from the journal alone", async () => {
  const built = buildProfile(await journalOf())!;
  expect(built.made).toMatchObject({ seed: "partitune", at: expect.stringMatching(/^2000-01-01T/) });
  expect(built.device.synthetic).toBe(true);
  expect(built.protocol).toEqual(shortProtocol);
  expect(Object.values(built.environments)).toEqual([{ executor: "synthetic", seed: "synthetic", clock: "virtual" }]);
});

test("a journal without measurements gives none", () => {
  expect(buildProfile(emptyJournal())).toBeNull();
});
