import { eightSlices } from "./defineTable.ts";

/** H200, 141 GB. */
export const h200 = eightSlices(
  {
    "1g": ["1g.18gb", 16, 16384],
    double: ["1g.35gb", 26, 33024],
    "2g": ["2g.35gb", 32, 33024],
    "3g": ["3g.71gb", 60, 71168],
    "4g": ["4g.71gb", 64, 71168],
    "7g": ["7g.141gb", 132, 143104],
  },
  "what nvidia-smi lists in public logs, memory to 0.25 GiB; placements of the NVIDIA MIG user guide",
);
