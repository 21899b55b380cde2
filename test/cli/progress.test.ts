import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { formatDuration, formatProgress, startProgress } from "../../packages/cli/src/progress.ts";

describe("formatProgress", () => {
  test("shows how far it is, what happens, and the time left", () => {
    const state = { what: "measuring a", done: 5, total: 10, secondsLeft: 65 };
    expect(formatProgress("profile", state, 7, 100)).toBe(
      "profile [##########----------] 5/10 measuring a (7 s, about 1 min 05 s left)",
    );
    expect(formatProgress("verify", { what: "starting" }, 0, 100)).toBe("verify starting (0 s)");
  });

  test("counts what lies before the start as the start, and beyond the end as the end", () => {
    expect(formatProgress("x", { what: "ramp", done: -3, total: 9 }, 0, 100)).toContain("[--------------------] 0/9");
    expect(formatProgress("x", { what: "late", done: 12, total: 9 }, 0, 100)).toContain("[####################] 9/9");
    expect(formatProgress("x", { what: "nothing to do", done: 0, total: 0 }, 0, 100)).toContain("0/0");
  });

  test("is cut to the width and cannot move the cursor", () => {
    expect(formatProgress("x", { what: "long ".repeat(50) }, 0, 20)).toHaveLength(20);
    expect(formatProgress("x", { what: "a\u001b[2J" }, 0, 80)).toBe("x a\\x1b[2J (0 s)");
  });

  test.each([
    [8.4, "8 s"],
    [59.6, "1 min 00 s"],
    [125, "2 min 05 s"],
    [11_400, "3 h 10 min"],
  ])("%d s is %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });
});

describe("startProgress", () => {
  beforeEach(() => vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] }));
  afterEach(() => vi.useRealTimers());

  function lines() {
    const written: string[] = [];
    const stream = { isTTY: false, write: (text: string) => written.push(text) > 0 };
    return { written, progress: startProgress("profile", stream as unknown as NodeJS.WriteStream) };
  }

  test("writes to a file at most every two seconds, and is never silent longer", () => {
    const { written, progress } = lines();
    vi.advanceTimersByTime(10_000);
    progress.end("done");
    expect(written[0]).toBe("profile starting (0 s)\n");
    expect(written).toHaveLength(7);
    expect(written.at(-1)).toBe("done\n");
  });

  test("lets the time left go on between two updates", () => {
    const { written, progress } = lines();
    progress.update({ what: "measuring", secondsLeft: 10 });
    vi.advanceTimersByTime(4000);
    progress.end();
    expect(written.at(-1)).toBe("profile measuring (4 s, about 6 s left)\n");
  });
});
