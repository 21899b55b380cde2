import type { Device, MigTable } from "@partitune/schema";
import { type DeviceName, devices } from "../devices/index.ts";

/** Names as drivers tell them → card of the shelf. Names of other forms of a card (PCIe, SXM) are told apart where the shelf does. */
const names: readonly (readonly [RegExp, DeviceName])[] = [
  [/^(?:NVIDIA )?B200\b/, "b200"],
  [/^(?:NVIDIA )?H200\b(?! NVL)/, "h200"],
  [/^(?:NVIDIA )?H100 PCIe\b/, "h100-pcie"],
  [/^(?:NVIDIA )?H100(?: SXM\d)?(?: |-)80GB HBM3\b/, "h100"],
  [/^(?:NVIDIA )?A100[- ]SXM4?[- ]80GB\b/, "a100"],
  [/^(?:NVIDIA )?A100[- ]SXM4?[- ]40GB\b/, "a100-40gb"],
  [/^(?:NVIDIA )?A30$/, "a30"],
  [/^(?:NVIDIA )?A40$/, "a40"],
  [/^(?:NVIDIA |Tesla )?V100-PCIE-16GB\b/, "v100"],
];

/** PCIe forms that are cut as the SXM form on the shelf; their power differs. */
const cutAlike: readonly (readonly [RegExp, DeviceName])[] = [
  [/^(?:NVIDIA )?A100[- ](?:80GB PCIe|PCIE-80GB)\b/, "a100"],
  [/^(?:NVIDIA )?A100[- ]PCIE?[- ]40GB\b/i, "a100-40gb"],
];

/** What the shelf knows of a card. */
export interface ShelfCard {
  /** The very card; undefined where only another form of it is there. */
  readonly device?: Device;
  readonly mig?: MigTable;
}

/** The card of the shelf that has a name as drivers tell it. */
export function shelfCard(name: string): ShelfCard {
  const found = names.find(([pattern]) => pattern.test(name))?.[1];
  const device: Device | undefined = found === undefined ? undefined : devices[found];
  const alike = cutAlike.find(([pattern]) => pattern.test(name))?.[1];
  const mig = device ?? (alike === undefined ? undefined : devices[alike]);
  const table = mig?.partitionSchemes.find((scheme): scheme is MigTable => scheme.kind === "mig");
  return { ...(device === undefined ? {} : { device }), ...(table === undefined ? {} : { mig: table }) };
}
