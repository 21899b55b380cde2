import { endMpsDaemon } from "./endMpsDaemon.ts";

/** Run as `node endMpsDaemonProgram.ts PROGRAM FOLDER`, by whoever puts a device back after a campaign that was killed. */
const [program = "", folder = ""] = process.argv.slice(2);
const left = await endMpsDaemon(program, folder);
if (left.length > 0) {
  process.stderr.write(`processes ${left.join(", ")} of the MPS daemon in ${folder} cannot be ended\n`);
  process.exitCode = 1;
}
