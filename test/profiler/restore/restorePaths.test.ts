import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { restoreFolder } from "@partitune/profiler";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { restorePaths } from "../../../packages/profiler/src/restore/restorePaths.ts";

afterEach(() => void vi.unstubAllEnvs());

test("a card's folder is named after it, and no two devices share one or leave the folder", () => {
  const uuid = "GPU-11111111-2222-3333-4444-555555555555";
  expect(restorePaths("/state", uuid).file).toBe(`/state/${uuid}/restore.jsonl`);
  const name = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom("..", ".", "a/b", "a-b", "A B", "/", "GPU 0"));
  fc.assert(
    fc.property(name, name, (one, other) => {
      const [a, b] = [one, other].map((device) => restorePaths("/state", device).folder) as [string, string];
      expect(dirname(a)).toBe("/state");
      expect(basename(a)).toMatch(/^[\w-][\w.-]*$/);
      expect(a === b).toBe(one === other);
    }),
  );
});

test("the folder is the one given, the environment's, the machine's for root, or that of the user's state", () => {
  vi.stubEnv("PARTITUNE_RESTORE_DIR", "/elsewhere");
  expect(restoreFolder("/given")).toBe("/given");
  expect(restoreFolder()).toBe("/elsewhere");
  vi.stubEnv("PARTITUNE_RESTORE_DIR", "");
  const user = vi.spyOn(process as { geteuid(): number }, "geteuid").mockReturnValue(0);
  expect(restoreFolder()).toBe("/var/lib/partitune/restore");
  user.mockReturnValue(1000);
  vi.stubEnv("XDG_STATE_HOME", "/users/state");
  expect(restoreFolder()).toBe("/users/state/partitune/restore");
  vi.stubEnv("XDG_STATE_HOME", "not/absolute");
  expect(restoreFolder()).toBe(join(homedir(), ".local/state/partitune/restore"));
  user.mockRestore();
});
