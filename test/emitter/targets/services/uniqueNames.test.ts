import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { uniqueNames } from "../../../../packages/emitter/src/targets/services/uniqueNames.ts";
import { anyName } from "../../fixtures/servingPlans.ts";

describe("uniqueNames", () => {
  it("keeps labels, and gives others a digest of the whole text", () => {
    expect(uniqueNames(["faces", "Faces!", "faces!", "0", "漢字", "a-"])).toEqual([
      "faces",
      expect.stringMatching(/^faces-[0-9a-f]{8}$/),
      expect.stringMatching(/^faces-[0-9a-f]{8}$/),
      expect.stringMatching(/^x-[0-9a-f]{8}$/),
      expect.stringMatching(/^x-[0-9a-f]{8}$/),
      expect.stringMatching(/^a-[0-9a-f]{8}$/),
    ]);
  });

  it("tells apart texts that are alike, and a text that looks like another's name", () => {
    const [first] = uniqueNames(["Faces!"]);
    const names = uniqueNames(["Faces!", first!, "Faces!"]);
    expect(new Set(names).size).toBe(3);
    expect(names[0]).toBe(first);
  });

  it("makes labels of any names, no two alike, whatever their lengths", () => {
    fc.assert(
      fc.property(fc.array(anyName, { maxLength: 12 }), fc.integer({ min: 20, max: 63 }), (texts, most) => {
        const names = uniqueNames(texts, most);
        expect(new Set(names).size).toBe(texts.length);
        for (const name of names) {
          expect(name).toMatch(/^[a-z](?:[a-z0-9-]*[a-z0-9])?$/);
          expect(name.length).toBeLessThanOrEqual(most);
        }
      }),
    );
  });
});
