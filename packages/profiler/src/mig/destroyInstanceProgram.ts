import { readFile } from "node:fs/promises";
import { destroyInstance } from "./migCommands.ts";

/**
 * Run as `node destroyInstanceProgram.ts NVIDIA-SMI UUID PROFILE-ID START BOOT-ID`, by whoever puts a device back after a campaign that was killed.
 * Since the machine was booted again, instances there are somebody else's: a boot destroys all of them.
 */
const [program = "", uuid = "", profileId = "", start = "", bootId = ""] = process.argv.slice(2);
const thisBoot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
if (thisBoot.trim() === bootId) {
  await destroyInstance(program, { uuid, profileId: Number(profileId), start: Number(start) }).catch((error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
