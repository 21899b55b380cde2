import { canonicalJson, type Device, type MigTableName, migTableOf, migTables } from "@partitune/schema";

/** PCI device ids of the cards of each table, as mig-parted's filters have them: NVIDIA's mig-parted. */
const idsOf: Readonly<Record<MigTableName, readonly string[]>> = {
  "a30-24gb": ["0x20B710DE"],
  "a100-40gb": ["0x20B010DE", "0x20B110DE", "0x20F110DE", "0x20F610DE"],
  "a100-80gb": ["0x20B210DE", "0x20B510DE", "0x20F310DE", "0x20F510DE"],
  "h100-sxm-80gb": ["0x233010DE", "0x232410DE"],
  "h100-pcie-80gb": ["0x233110DE", "0x232210DE"],
  "h200-141gb": ["0x233510DE", "0x233B10DE"],
  "b200-180gb": ["0x290110DE"],
};

/** The device ids that a kind of card can have; none where its table is not one of the shelf, as when it was read from a card. */
export function deviceIds(device: Device): readonly string[] {
  const own = canonicalJson(migTableOf(device));
  const known = (Object.keys(migTables) as MigTableName[]).find((name) => canonicalJson(migTables[name]) === own);
  return known === undefined ? [] : idsOf[known];
}
