import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("../../../packages/profiler/src/workers/nullWorker.ts", import.meta.url));
const requests = [1, 2].map((id) => `{"type":"run","id":${id},"batch":1}\n`);

async function idsOf(stdout: AsyncIterable<Buffer>): Promise<readonly unknown[]> {
  let text = "";
  for await (const bytes of stdout) text += bytes.toString();
  return text
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { readonly id?: number }).id);
}

test("requests that come in pieces are put together, and the end of the input ends the worker", async () => {
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
  const [piece, ...rest] = requests.join("").match(/.{1,17}\n?/gs)!;
  child.stdin.write(piece!);
  for (const each of rest) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    child.stdin.write(each);
  }
  child.stdin.end();
  expect(await idsOf(child.stdout)).toEqual([undefined, 1, 2]);
});

const python = spawnSync("python3", ["--version"]).status === 0;
/** Makes standard input non-blocking, as a parent of another language may leave it, and becomes the program. */
const nonBlocking =
  "import fcntl, os, sys\nfcntl.fcntl(0, fcntl.F_SETFL, fcntl.fcntl(0, fcntl.F_GETFL) | os.O_NONBLOCK)\nos.execv(sys.argv[1], sys.argv[1:])";

test.skipIf(!python)("an input that is non-blocking is read, too (skipped without python3)", async () => {
  const child = spawn("python3", ["-c", nonBlocking, process.execPath, program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ids = idsOf(child.stdout);
  child.stdin.write(requests[0]!);
  await new Promise((resolve) => setTimeout(resolve, 500));
  child.stdin.end(requests[1]!);
  expect(await ids).toEqual([undefined, 1, 2]);
});
