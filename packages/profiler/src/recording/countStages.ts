import { isValid, type Profile } from "@partitune/schema";
import { expandSpace, type Space, settingKey, stagesOf } from "../space.ts";
import { recordingStages } from "./recordingSpace.ts";

/** How much of a part of a recording is there. */
export interface StageCount {
  readonly name: string;
  /** Measurements of all rounds. */
  readonly planned: number;
  /** Of these, with an outcome, whatever it is. */
  readonly done: number;
  /** Of these, with numbers that may be fitted. */
  readonly valid: number;
}

/** How much of each part of a recording is there, in the order in which they are measured. */
export function countStages(space: Space, { device, protocol, measurements }: Profile): readonly StageCount[] {
  const points = measurements.filter(({ baseline }) => !baseline);
  return stagesOf(space).map((stage) => {
    const keys = new Set(
      expandSpace(stage, device).map(({ config, neighbours, load }) => settingKey(config, neighbours, load)),
    );
    const rows = points.filter(({ point }) => keys.has(settingKey(point.config, point.neighbours, point.load)));
    return {
      name: recordingStages[stage.stage ?? 0]!,
      planned: keys.size * protocol.rounds,
      done: rows.length,
      valid: rows.filter(isValid).length,
    };
  });
}
