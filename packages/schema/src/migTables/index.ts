import type { MigTable } from "../mig.ts";
import { a30 } from "./a30.ts";
import { a100With40, a100With80 } from "./a100.ts";
import { b200 } from "./b200.ts";
import { h100Pcie, h100Sxm } from "./h100.ts";
import { h200 } from "./h200.ts";

/**
 * MIG profiles and placements by card. Names and memory differ between drivers: a listing from the card itself is the truth, see
 * {@link tableFromListing}.
 */
export const migTables = {
  "a30-24gb": a30,
  "a100-40gb": a100With40,
  "a100-80gb": a100With80,
  "h100-sxm-80gb": h100Sxm,
  "h100-pcie-80gb": h100Pcie,
  "h200-141gb": h200,
  "b200-180gb": b200,
} as const satisfies Record<string, MigTable>;

/** Name of a card whose MIG table is on the shelf. */
export type MigTableName = keyof typeof migTables;
