import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { identifyProcess } from "../../../packages/profiler/src/identifyProcess.ts";
import { watchOwner } from "../../../packages/profiler/src/restore/watchOwner.ts";

const patience = { tickSeconds: 0.02, stoppedSeconds: 1e6, quietSeconds: 1e6, busySeconds: 1e6, answerSeconds: 30 };

/** What a watch says of a process that never beats. */
async function watch(script: string, changes: Partial<typeof patience>, signal?: NodeJS.Signals): Promise<string> {
  const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
  await once(child.stdout, "data");
  if (signal !== undefined) child.kill(signal);
  const owner = await identifyProcess(child.pid!);
  try {
    return await new Promise<string>((resolve) => {
      watchOwner(owner, { ...patience, ...changes }, { onGone: () => resolve("gone"), onSilent: resolve });
    });
  } finally {
    child.kill("SIGKILL");
  }
}

const idle = "echo; exec sleep 600";
const busy = "echo; while :; do :; done";

test.each([
  ["that is stopped", idle, { stoppedSeconds: 0.2 }, "SIGSTOP", /^was stopped for \d+ s$/],
  ["that waits for ever", idle, { quietSeconds: 0.2, stoppedSeconds: 0.1 }, undefined, /^did not answer for \d+ s$/],
  [
    "that computes for ever",
    busy,
    { busySeconds: 1, quietSeconds: 0.6, stoppedSeconds: 0.1 },
    undefined,
    /^was busy without a sign of life for \d+ s$/,
  ],
  ["that has ended although the pipe does not tell", "echo", {}, undefined, /^gone$/],
  ["that was killed", idle, {}, "SIGKILL", /^gone$/],
] as const)("a process %s is found out", async (_, script, changes, signal, said) => {
  expect(await watch(script, changes, signal)).toMatch(said);
});

test("a process that beats is left alone, whatever it does between", async () => {
  const said: string[] = [];
  const owner = await identifyProcess(process.pid);
  const events = { onGone: () => said.push("gone"), onSilent: (reason: string) => said.push(reason) };
  const hurried = { tickSeconds: 0.01, stoppedSeconds: 0.01, quietSeconds: 1e6, busySeconds: 1e6, answerSeconds: 30 };
  const watched = watchOwner(owner, hurried, events);
  for (let beat = 0; beat < 20; beat++) {
    await new Promise((resolve) => setTimeout(resolve, 15));
    watched.beat();
  }
  watched.stop();
  expect(said).toEqual([]);
});
