import { type Executor, syntheticExecutor } from "@partitune/profiler";
import { describe, expect, test, vi } from "vitest";
import { withExecutor } from "../../packages/cli/src/withExecutor.ts";

function closing(close: () => Promise<void>): Executor {
  return { ...syntheticExecutor(), close };
}

describe("work with an executor", () => {
  test("gives back what it has changed when the work is done, and when it fails", async () => {
    const close = vi.fn(async () => {});
    expect(await withExecutor(closing(close), async () => 7)).toBe(7);
    const work = withExecutor(closing(close), () => Promise.reject(new Error("lost")));
    await expect(work).rejects.toThrow("lost");
    expect(close).toHaveBeenCalledTimes(2);
  });

  test("fails when something could not be put back, and only tells so when the work has failed already", async () => {
    const left = closing(() => Promise.reject(new Error("not put back")));
    await expect(withExecutor(left, async () => 7)).rejects.toThrow("not put back");
    const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    try {
      await expect(withExecutor(left, () => Promise.reject(new Error("lost")))).rejects.toThrow("lost");
      expect(write).toHaveBeenCalledWith("partitune: not put back\n");
    } finally {
      write.mockRestore();
    }
  });

  test("needs no executor that has anything to put back", async () => {
    expect(await withExecutor(syntheticExecutor(), async () => 7)).toBe(7);
  });
});
