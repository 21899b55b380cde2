/** CUDA cores of a multiprocessor by compute capability: CUDA C++ Programming Guide, arithmetic instructions. */
const coresPerMultiprocessor: Readonly<Record<string, number>> = {
  "5.0": 128,
  "5.2": 128,
  "5.3": 128,
  "6.0": 64,
  "6.1": 128,
  "6.2": 128,
  "7.0": 64,
  "7.2": 64,
  "7.5": 64,
  "8.0": 64,
  "8.6": 128,
  "8.7": 128,
  "8.9": 128,
  "9.0": 128,
  "10.0": 128,
  "10.1": 128,
  "10.3": 128,
  "11.0": 128,
  "12.0": 128,
  "12.1": 128,
};

/** Multiprocessors of a card with so many CUDA cores; null for a chip that is not known, or a number that does not divide. */
export function multiprocessorsOf(computeCapability: string, cores: number): number | null {
  const each = coresPerMultiprocessor[computeCapability];
  return each === undefined || cores <= 0 || cores % each !== 0 ? null : cores / each;
}
