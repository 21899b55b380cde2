import { describe, expect, it } from "vitest";
import { digest, planId } from "../../packages/emitter/src/planId.ts";

describe("planId", () => {
  it("keeps what is readable of a name and adds its digest", () => {
    expect(planId("Night shift")).toBe(`night-shift-${digest("Night shift")}`);
  });

  it.each(["$(touch x)", "../../etc/passwd", "--help", "漢字", "a".repeat(200)])(
    "is safe as a file name for %s",
    (name) => {
      expect(planId(name)).toMatch(/^[a-z0-9]([a-z0-9-]{0,22}[a-z0-9])?-[0-9a-f]{8}$/);
    },
  );

  it("differs for names that look alike", () => {
    expect(planId("a b")).not.toBe(planId("a-b"));
  });
});

describe("digest", () => {
  it("is FNV-1a of 32 bits, by the vectors of its authors", () => {
    expect(digest("")).toBe("811c9dc5");
    expect(digest("a")).toBe("e40c292c");
    expect(digest("foobar")).toBe("bf9cf968");
  });
});
