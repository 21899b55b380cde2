import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

test("an input that is non-blocking is read, too", async () => {
  const folder = await mkdtemp(join(tmpdir(), "partitune-lines-"));
  const server = createServer({ pauseOnConnect: true }).listen(join(folder, "socket"));
  try {
    await once(server, "listening");
    const writer = connect(join(folder, "socket"));
    const [inherited] = (await once(server, "connection")) as [Socket];
    // A socket of this process's event loop is non-blocking, and the child shares that.
    const child = spawn(process.execPath, [program], { stdio: [inherited, "pipe", "inherit"] });
    const ids = idsOf(child.stdout!);
    writer.write(requests[0]!);
    await new Promise((resolve) => setTimeout(resolve, 300));
    writer.end(requests[1]!);
    expect(await ids).toEqual([undefined, 1, 2]);
    inherited.destroy();
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
});
