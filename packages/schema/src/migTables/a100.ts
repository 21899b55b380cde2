import { eightSlices } from "./defineTable.ts";

/** A100, 40 GB. */
export const a100With40 = eightSlices(
  {
    "1g": ["1g.5gb", 14, 4864],
    double: ["1g.10gb", 14, 9856],
    "2g": ["2g.10gb", 28, 9856],
    "3g": ["3g.20gb", 42, 19968],
    "4g": ["4g.20gb", 56, 19968],
    "7g": ["7g.40gb", 98, 40192],
  },
  "NVIDIA MIG user guide, and what nvidia-smi lists in public logs",
);

/** A100, 80 GB. */
export const a100With80 = eightSlices(
  {
    "1g": ["1g.10gb", 14, 9856],
    double: ["1g.20gb", 14, 19968],
    "2g": ["2g.20gb", 28, 19968],
    "3g": ["3g.40gb", 42, 40192],
    "4g": ["4g.40gb", 56, 40192],
    "7g": ["7g.80gb", 98, 80384],
  },
  "NVIDIA MIG user guide, and what nvidia-smi lists in public logs; 1g.20gb needs driver R525 or newer, and some drivers report 1 to 4 % less memory",
);
