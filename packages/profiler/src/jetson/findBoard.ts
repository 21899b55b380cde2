import { InputError } from "@partitune/schema";
import { type BoardFiles, textOf } from "./boardFiles.ts";
import { type KnownBoard, knownBoards } from "./boards.ts";

/** What a board calls itself. */
export interface BoardName {
  /** `/proc/device-tree/model`. */
  readonly model: string;
  /** Part number of the module, such as `p3701-0005`; undefined where the board does not tell. */
  readonly module: string | undefined;
  /** What is known of it; undefined for a board that is not on the list. */
  readonly known: KnownBoard | undefined;
}

/**
 * Which board this is.
 *
 * @throws InputError when it is no Jetson
 */
export function findBoard(files: BoardFiles): BoardName {
  const model = textOf(files, "/proc/device-tree/model");
  const compatible = textOf(files, "/proc/device-tree/compatible") ?? "";
  if (model === undefined || !(/jetson/i.test(model) || compatible.includes("nvidia,tegra"))) {
    throw new InputError({
      what: 'executor "jetson"',
      problem: `finds no Jetson here (${files.locate("/proc/device-tree/model")} ${model === undefined ? "does not exist" : `says "${model}"`})`,
      advice: "run it on the board itself, or choose another --executor",
    });
  }
  // The carrier board stands before the module: "nvidia,p3737-0000+p3701-0005".
  const parts = compatible.match(/p\d{4}-\d{4}/g) ?? [];
  const module = parts.find((part) => knownBoards.some(({ modules }) => modules.includes(part)));
  const known =
    knownBoards.find(({ modules }) => module !== undefined && modules.includes(module)) ??
    knownBoards.find(({ models }) => models.test(model));
  return { model, module, known };
}
