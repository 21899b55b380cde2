import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { foreignDaemons, type ServedCard } from "../../../packages/profiler/src/mps/foreignDaemons.ts";
import { temporaryFolder } from "../fixtures/temporaryFolder.ts";

const card: ServedCard = { uuid: "GPU-1", index: 1, cards: 4, exclusive: false, processes: [] };
const control = ["/usr/bin/nvidia-cuda-mps-control", "-d"];

/** A machine of these processes: command line, and environment or none that may be read. */
function machine(processes: Readonly<Record<number, { argv: readonly string[]; environment?: readonly string[] }>>) {
  const root = temporaryFolder();
  for (const [pid, { argv, environment }] of Object.entries(processes)) {
    const folder = join(root, "proc", pid);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "cmdline"), `${argv.join("\0")}\0`);
    if (environment !== undefined) writeFileSync(join(folder, "environ"), `${environment.join("\0")}\0`);
    chmodSync(folder, 0o755);
  }
  return root;
}

const pidsOf = async (root: string, changes: Partial<ServedCard> = {}, own: readonly string[] = []) =>
  (await foreignDaemons({ ...card, ...changes }, new Set(own), root)).map((words) => /process (\d+)/.exec(words)![1]);

describe("MPS daemons of others", () => {
  test("serve the cards that they were shown, or all", async () => {
    const root = machine({
      11: { argv: control, environment: ["CUDA_VISIBLE_DEVICES=0,1"] },
      12: { argv: control, environment: ["CUDA_VISIBLE_DEVICES=GPU-0, GPU-1"] },
      13: { argv: control, environment: ["HOME=/"] },
      14: { argv: control, environment: ["CUDA_VISIBLE_DEVICES=0,2"] },
    });
    expect(await pidsOf(root)).toEqual(["11", "12", "13"]);
  });

  test("are neither ours, nor servers, nor somebody who asks a daemon, nor other programs", async () => {
    const root = machine({
      11: { argv: control, environment: ["CUDA_MPS_PIPE_DIRECTORY=/run/ours"] },
      12: { argv: ["nvidia-cuda-mps-server", "-x"], environment: [] },
      13: { argv: ["nvidia-cuda-mps-control"], environment: [] },
      14: { argv: ["vi", "notes", "nvidia-cuda-mps-control", "-d"], environment: [] },
    });
    expect(await pidsOf(root, {}, ["/run/ours"])).toEqual([]);
  });

  test("whose environment may not be read count where nothing else is possible", async () => {
    const root = machine({ 11: { argv: control }, 12: { argv: ["nvidia-cuda-mps-server"] } });
    expect(await pidsOf(root)).toEqual([]);
    expect(await pidsOf(root, { cards: 1 })).toEqual(["11"]);
    expect(await pidsOf(root, { exclusive: true })).toEqual(["11"]);
    expect(await pidsOf(root, { processes: [12] })).toEqual(["11"]);
  });
});
