import { describe, expect, test } from "vitest";
import { summarise } from "./summarise.ts";

const lint = { name: "lint", state: "passed" } as const;

describe("summarise", () => {
  test("ends with the counts", () => {
    expect(
      summarise([lint, lint, { name: "x", state: "failed" }])
        .trimEnd()
        .split("\n")
        .at(-1),
    ).toBe("2 passed, 1 failed, 0 skipped");
    expect(summarise([])).toBe("\n0 passed, 0 failed, 0 skipped\n");
  });

  test("lists what failed and what was skipped, with the reason on one line", () => {
    const text = summarise([
      lint,
      { name: "a.test.ts > adds", state: "failed", reason: "expected 1\n  but got 2" },
      { name: "b.test.ts > draws", state: "skipped", reason: "no browser" },
      { name: "b.test.ts > prints", state: "skipped" },
    ]);
    expect(text).toBe(
      [
        "",
        "Failed:",
        "  a.test.ts > adds: expected 1 but got 2",
        "",
        "Skipped:",
        "  b.test.ts > draws: no browser",
        "  b.test.ts > prints",
        "",
        "1 passed, 1 failed, 2 skipped",
        "",
      ].join("\n"),
    );
  });

  test("says once what to install", () => {
    const text = summarise([
      { name: "a (skipped: no Chromium; apt-get install chromium)", state: "skipped" },
      { name: "b", state: "skipped", reason: "no Chromium; apt-get install chromium" },
      { name: "c", state: "skipped", reason: "shellcheck is not installed (Debian package shellcheck)" },
    ]);
    expect(text).toContain("\nTo run more of them: apt-get install chromium shellcheck\n");
  });

  test("suggests nothing when nothing that could be installed is missing", () => {
    expect(summarise([{ name: "a", state: "skipped", reason: "only root can do this" }])).not.toContain("apt-get");
  });
});
