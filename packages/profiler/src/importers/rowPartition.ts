import {
  checkLayout,
  type Device,
  InputError,
  type MigProfile,
  migProfileName,
  migTableOf,
  type Partition,
  parsePartition,
} from "@partitune/schema";
import type { MappedRow } from "./mappedRows.ts";
import type { TableMeaning } from "./tableRow.ts";

/** A partition by what a foreign table says of it, which may need the card to be understood. */
export type WrittenPartition =
  | { readonly kind: "partition"; readonly partition: Partition }
  | { readonly kind: "compute-slices"; readonly slices: number };

/**
 * What a row says of its partition: a text such as "mps-share:0.4", "mig:3g.40gb" or "3g.40gb", a number of compute slices, or a share.
 *
 * @returns undefined when no column tells
 * @throws InputError naming file, line and column
 */
export function writtenPartition(row: MappedRow<TableMeaning>): WrittenPartition | undefined {
  const [text] = row.texts("partition");
  if (text !== undefined) return { kind: "partition", partition: parse(text, row) };
  const slices = row.number("computeSlices", "count");
  if (slices !== undefined) return { kind: "compute-slices", slices };
  const share = row.number("share", "positive");
  if (share === undefined) return undefined;
  if (share <= 1) return { kind: "partition", partition: { kind: "mps-share", share } };
  throw row.wrong("the row", `has a share of ${share} of the card`, "check the unit, fraction or percent, in --map");
}

function parse(text: string, row: MappedRow<TableMeaning>): Partition {
  try {
    return parsePartition(migProfileName.safeParse(text).success ? `mig:${text}` : text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw row.wrong(`partition "${text}"`, "cannot be read", "write whole, mps-share:0.4, mig:3g.40gb or 3g.40gb");
  }
}

/**
 * The partition of a device that a row means. A number of compute slices means the MIG profile of so many that has least memory.
 *
 * @throws InputError naming file and line when the device has none such
 */
export function partitionOn(written: WrittenPartition, device: Device, row: MappedRow<TableMeaning>): Partition {
  const partition = written.kind === "partition" ? written.partition : instanceOf(written.slices, device, row);
  const check = isPiece(partition) ? checkLayout(device, [partition]) : { fits: true as const };
  if (check.fits) return partition;
  throw row.wrong("the row", `has a partition that ${device.name} cannot have`, check.conflicts[0]!.text);
}

function isPiece({ kind }: Partition): boolean {
  return kind !== "whole" && kind !== "cpu-share" && kind !== "core-set";
}

function instanceOf(slices: number, device: Device, row: MappedRow<TableMeaning>): Partition {
  const plain = (migTableOf(device)?.profiles ?? []).filter(({ name }) => !/[+-]/u.test(name));
  const least = plain
    .filter(({ computeSlices }) => computeSlices === slices)
    .reduce<MigProfile | undefined>((best, each) => (best && best.size <= each.size ? best : each), undefined);
  if (least !== undefined) return { kind: "mig", profile: least.name };
  const known = [...new Set(plain.map(({ computeSlices }) => computeSlices))].sort((a, b) => a - b);
  throw row.wrong(
    "the row",
    `is of ${slices} compute slices, and ${device.name} has ${known.length === 0 ? "no MIG instances" : `instances of ${known.join(", ")}`}`,
    known.length === 0
      ? "give the card with --device, for example a100, so that slices can be turned into MIG profiles"
      : "correct the row, or give another card with --device",
  );
}
