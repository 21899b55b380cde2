import { eightSlices } from "./defineTable.ts";

/** B200, 180 GB. */
export const b200 = eightSlices(
  {
    "1g": ["1g.23gb", 18, null],
    double: ["1g.45gb", 30, null],
    "2g": ["2g.45gb", 36, null],
    "3g": ["3g.90gb", null, null],
    "4g": ["4g.90gb", null, null],
    "7g": ["7g.180gb", null, null],
  },
  "multiprocessors of the small profiles as nvidia-smi lists them in public logs, placements of the NVIDIA MIG user guide; the rest was not seen, and memory differs between drivers",
);
