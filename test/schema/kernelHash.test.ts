import { type KernelIdentity, kernelHash, kernelText } from "@partitune/schema";
import { expect, test } from "vitest";

const plain = (name: string): KernelIdentity => ({ name, grid: null, block: null });

// draft-eastlake-fnv, appendix: test vectors of FNV-1a, 64 bits
test.each([
  ["a", "af63dc4c8601ec8c"],
  ["foobar", "85944171f73967e8"],
  ["chongo was here!\n", "46810940eff5f915"],
])("the hash of %j is the published one", (name, hash) => {
  expect(kernelHash(plain(name))).toBe(hash);
});

test("launch geometry is part of an identity", () => {
  const one: KernelIdentity = { name: "gemm", grid: [8, 1, 1], block: [256, 1, 1] };
  expect(kernelText(one)).toBe("gemm|8,1,1|256,1,1");
  expect(kernelHash(one)).not.toBe(kernelHash({ ...one, grid: [1, 8, 1] }));
  expect(kernelHash(one)).toHaveLength(16);
});
