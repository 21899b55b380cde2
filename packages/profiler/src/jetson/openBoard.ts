import { type BoardFiles, boardFiles } from "./boardFiles.ts";
import { BoardMeter } from "./boardMeter.ts";
import { samplingPeriod, startSampler } from "./boardSampler.ts";
import { type DescribedBoard, describeBoard } from "./describeBoard.ts";
import { type BoardPrograms, boardPrograms } from "./programs.ts";
import { findSensors } from "./sampleBoard.ts";
import { startTegrastats } from "./tegrastatsSampler.ts";

/** Where a board is found. */
export interface BoardPlace {
  /** Where its files stand: `/` on the board itself. */
  readonly root: string;
  /** Folders of its programs, separated as in `PATH`. */
  readonly searchPath: string;
}

/** A board that was found. */
export interface Board extends DescribedBoard {
  readonly files: BoardFiles;
  readonly programs: BoardPrograms;
  /** Whether this process may set power modes. */
  readonly maySet: boolean;
  /** Starts sampling its sensors. */
  openMeter(): BoardMeter;
}

/**
 * Finds the board at a place.
 *
 * @throws InputError when there is none
 */
export async function openBoard({ root, searchPath }: BoardPlace): Promise<Board> {
  const files = boardFiles(root);
  const programs = boardPrograms(searchPath);
  const maySet = process.geteuid?.() === 0 && files.isWritable("/sys/devices/system/cpu/cpu1/online");
  const described = await describeBoard({ files, programs, maySet });
  const { known, rule, rails, clocks, source } = described;
  return {
    ...described,
    files,
    programs,
    maySet,
    openMeter: () =>
      new BoardMeter({
        known,
        rule,
        start: (onSample) =>
          source === "tegrastats"
            ? startTegrastats(programs.find("tegrastats")!, programs, samplingPeriod, onSample)
            : startSampler(
                { root, sensors: findSensors(files, clocks, rails.rails), periodSeconds: samplingPeriod },
                onSample,
              ),
      }),
  };
}
