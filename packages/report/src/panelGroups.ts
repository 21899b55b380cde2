import type { Profile } from "@partitune/schema";
import type { MeasuredCell } from "./measuredCells.ts";

/** The cells of one panel. */
export interface PanelGroup {
  readonly name: string;
  readonly cells: readonly MeasuredCell[];
}

/** One panel per workload, and per power mode where the profile has several. */
export function panelGroups(cells: readonly MeasuredCell[], profile: Profile): PanelGroup[] {
  const modes = new Set(profile.measurements.map(({ point }) => point.config.powerMode));
  const nameOf = ({ config }: MeasuredCell) =>
    modes.size > 1 ? `${config.workload}, power mode ${config.powerMode}` : config.workload;
  return [...Map.groupBy(cells, nameOf)].map(([name, group]) => ({ name, cells: group }));
}
