import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { WorkerFailure } from "../executor.ts";
import type { GuardedRestoration } from "../restore/openRestoration.ts";
import type { RestoreStep } from "../restore/restoreStep.ts";
import { type MadeInstance, tellSmi } from "./migCommands.ts";

const destroyer = fileURLToPath(new URL("destroyInstanceProgram.ts", import.meta.url));

/**
 * Makes a MIG instance with one compute instance. How it is destroyed is written down before.
 *
 * @returns destroys it
 * @throws WorkerFailure with the words of nvidia-smi, which names missing rights or a taken place
 */
export async function createInstance(
  program: string,
  made: MadeInstance,
  restoration: GuardedRestoration,
): Promise<() => Promise<void>> {
  const { uuid, profileId, start } = made;
  const bootId = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const step: RestoreStep = {
    what: `MIG instance of profile ${profileId} at memory slice ${start} of ${uuid} is destroyed`,
    kind: "command",
    argv: [process.execPath, destroyer, program, uuid, String(profileId), String(start), bootId.trim()],
  };
  await restoration.add(step);
  const answer = await tellSmi(program, ["-i", uuid, "-cgi", `${profileId}:${start}`, "-C"]);
  if (answer.ok) return () => destroy(restoration, step);
  await destroy(restoration, step);
  throw new WorkerFailure(
    "failed",
    `no MIG instance could be made (nvidia-smi mig -i ${uuid} -cgi ${profileId}:${start} -C: ${answer.text}); it needs root, or the capability of /proc/driver/nvidia/capabilities/mig/config`,
  );
}

/** In the same way as after a campaign that was killed. */
async function destroy(restoration: GuardedRestoration, step: RestoreStep): Promise<void> {
  const { left } = await restoration.undo([step]);
  if (left.length > 0) throw new WorkerFailure("failed", `not so: ${left[0]!.step.what} (${left[0]!.reason})`);
}
