import { spawn } from "node:child_process";
import type { Seconds } from "@partitune/schema";

/** What a control daemon of MPS says to a command, or why it says nothing. */
export type MpsAnswer = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/** A daemon that works answers within milliseconds; one whose server hangs never does. */
const usualPatience: Seconds = 20;

/**
 * Gives a command to the control daemon of MPS that listens in a folder of pipes. Never throws.
 *
 * @param program  path of `nvidia-cuda-mps-control`
 * @param folder  the daemon's CUDA_MPS_PIPE_DIRECTORY
 * @param command  one line, such as `get_server_list`
 */
export function tellMpsDaemon(
  program: string,
  folder: string,
  command: string,
  patience: Seconds = usualPatience,
): Promise<MpsAnswer> {
  return new Promise((resolve) => {
    const child = spawn(program, [], {
      env: { ...process.env, CUDA_MPS_PIPE_DIRECTORY: folder },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let said = "";
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      resolve({ ok: false, reason: `no answer to "${command}" within ${patience} s` });
    }, patience * 1e3);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (bytes: Buffer) => {
        said += bytes;
      });
    }
    child.stdin.on("error", () => {}); // it has ended without reading; its exit says so
    child.on("error", (error) => {
      clearTimeout(timer);
      resolve({ ok: false, reason: error.message });
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      const text = said.trim();
      // Some releases end with 0 although nobody listens.
      if (code === 0 && !text.includes("Cannot find MPS control daemon")) resolve({ ok: true, text });
      else resolve({ ok: false, reason: text === "" ? `exit code ${code}` : text });
    });
    child.stdin.end(`${command}\n`);
  });
}
