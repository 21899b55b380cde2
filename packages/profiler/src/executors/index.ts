import { type Bytes, InputError, type Seconds, type Workload } from "@partitune/schema";
import { jetsonOrinAgx } from "../devices/jetsonOrinAgx.ts";
import type { Executor } from "../executor.ts";
import { cpuExecutor } from "./cpu.ts";
import { jetsonExecutor } from "./jetson.ts";
import { kserveExecutor, usualPatience } from "./kserve.ts";
import { nvidiaExecutor } from "./nvidia.ts";
import { loadRecording, replayExecutor } from "./replay.ts";
import { syntheticExecutor } from "./synthetic.ts";
import { syntheticBoard, syntheticBoardExecutor } from "./syntheticBoard.ts";
import { syntheticCardExecutor } from "./syntheticCard.ts";

/** What an executor may be told when it is chosen by name. */
export interface ExecutorChoice {
  /** Folder of a recorded profile, for `replay`. */
  readonly recording?: string;
  /** Folder of built networks, for `cpu`, `jetson` and `nvidia`. */
  readonly zooFolder?: string;
  /** Seed of the noise, for the synthetic devices; of tensors and times of arrival, for `kserve`. */
  readonly seed?: string;
  /** Index or UUID of the card, for `nvidia`; needed where there are several. */
  readonly card?: string;
  /** Creates MIG instances that are missing, and destroys them afterwards, for `nvidia`. */
  readonly createMig?: boolean;
  /** The most device memory that each client of MPS may allocate, for `nvidia`. */
  readonly clientMemoryBytes?: Bytes;
  /** What is to be measured, for `kserve`: their addresses say where. */
  readonly workloads?: readonly Workload[];
  /** A batch without an answer after so long is given up, for `kserve`; 30 s when absent. */
  readonly timeoutSeconds?: Seconds;
}

/** Every device that workloads can be measured on. */
export const executors = {
  cpu: ({ zooFolder }) => cpuExecutor(zooFolder === undefined ? {} : { zooFolder }),
  jetson: ({ zooFolder }) => jetsonExecutor(zooFolder === undefined ? {} : { zooFolder }),
  nvidia: ({ recording: _, seed: __, workloads: ___, timeoutSeconds: ____, ...options }) => nvidiaExecutor(options),
  synthetic: ({ seed }) => syntheticExecutor(seed === undefined ? {} : { seed }),
  "synthetic-orin": ({ seed }) => syntheticBoardExecutor(seed === undefined ? {} : { seed }),
  "synthetic-orin-full": ({ seed }) =>
    syntheticBoardExecutor({ device: fullOrin, ...(seed === undefined ? {} : { seed }) }),
  "synthetic-a100": ({ seed }) => syntheticCardExecutor(seed === undefined ? {} : { seed }),
  "synthetic-a100-sensors": ({ seed }) =>
    syntheticCardExecutor({ sensors: true, ...(seed === undefined ? {} : { seed }) }),
  kserve: ({ workloads = [], seed, timeoutSeconds }) => {
    const models = workloads.flatMap(({ engine }) => (engine.engine === "kserve" ? [engine] : []));
    return kserveExecutor({
      ...{ url: addressed(models[0]?.url), models },
      ...(seed === undefined ? {} : { seed }),
      ...(timeoutSeconds === undefined ? {} : { patience: { ...usualPatience, timeoutSeconds } }),
    });
  },
  replay: ({ recording }) => replayExecutor(() => loadRecording(needed(recording))),
} as const satisfies Record<string, (choice: ExecutorChoice) => Executor>;

const fullOrin = syntheticBoard("synthetic-orin-agx-full", jetsonOrinAgx);

function addressed(url: string | undefined): string {
  if (url !== undefined) return url;
  throw new InputError({
    what: 'executor "kserve"',
    problem: "was given no model of a server",
    advice: "name one with --workload NAME=kserve:http://localhost:8000/MODEL",
  });
}

function needed(recording: string | undefined): string {
  if (recording !== undefined) return recording;
  throw new InputError({
    what: 'executor "replay"',
    problem: "was given no recording",
    advice: "name the folder of a recorded profile with --recording",
  });
}
