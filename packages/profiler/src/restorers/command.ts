import type { Restorer, RestoreWorld, StepOf } from "./restorer.ts";
import { type ProgramEnd, runProgram } from "./runProgram.ts";
import { whyNoProgram } from "./whyNoProgram.ts";

type CommandStep = StepOf<"command">;

/** Programs: nvpmodel, the control program of MPS, nvidia-smi. */
export const command: Restorer<CommandStep> = {
  async doubt({ argv, environment, readBack, needs }) {
    if ((needs === "reset" || needs === "reboot") && readBack === undefined)
      return `it needs a ${needs}, so it must say how it is read back`;
    const searchPath = environment?.PATH ?? process.env.PATH ?? "";
    return whyNoProgram(argv[0], searchPath) ?? (readBack && whyNoProgram(readBack.argv[0], searchPath));
  },
  async readBack({ environment, readBack }, { patience }) {
    if (readBack === undefined) return "unknown";
    const { argv, expected } = readBack;
    const end = await runProgram({ argv, environment, withinSeconds: patience.commandSeconds });
    return end.stdout.includes(expected) ? "back" : { differs: `"${argv.join(" ")}" ${describe(end)}` };
  },
  async restore(step, world) {
    const end = await run(step, world);
    if (end.code !== 0) throw new Error(`"${step.argv.join(" ")}" ${describe(end)}`);
  },
};

function run({ argv, environment, input }: CommandStep, { patience }: RestoreWorld): Promise<ProgramEnd> {
  return runProgram({ argv, environment, input, withinSeconds: patience.commandSeconds });
}

/** How it ended and the last line that it printed. */
function describe({ code, stdout, stderr }: ProgramEnd): string {
  const ended = code === null ? "was killed, since it did not end" : `ended with exit code ${code}`;
  const last = `${stdout}\n${stderr}`.trim().split("\n").at(-1)!.slice(0, 200);
  return last === "" ? `${ended} and printed nothing` : `${ended} and printed "${last}"`;
}
