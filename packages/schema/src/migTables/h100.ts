import { eightSlices } from "./defineTable.ts";

/** H100 SXM5, 80 GB. */
export const h100Sxm = eightSlices(
  {
    "1g": ["1g.10gb", 16, 9984],
    double: ["1g.20gb", 26, 20096],
    "2g": ["2g.20gb", 32, 20096],
    "3g": ["3g.40gb", 60, 40448],
    "4g": ["4g.40gb", 64, 40448],
    "7g": ["7g.80gb", 132, 81152],
  },
  "what nvidia-smi lists in public logs, memory to 0.01 GiB; placements of the NVIDIA MIG user guide",
);

/** H100 PCIe, 80 GB. */
export const h100Pcie = eightSlices(
  {
    "1g": ["1g.10gb", 14, null],
    double: ["1g.20gb", null, null],
    "2g": ["2g.20gb", 30, null],
    "3g": ["3g.40gb", 46, null],
    "4g": ["4g.40gb", 62, null],
    "7g": ["7g.80gb", 114, null],
  },
  "multiprocessors as nvidia-smi lists them in a public log, placements of the NVIDIA MIG user guide; memory sizes were not seen",
);
