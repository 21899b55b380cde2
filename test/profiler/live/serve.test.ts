import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fakeEngine, repository } from "../../emitter/fixtures/bundle.ts";

interface Server {
  readonly process: ChildProcess;
  readonly socket: string;
  /** Exit code, and what it said on standard error. */
  ended(): Promise<{ readonly code: number | null; readonly words: string }>;
}

const program = join(repository, "packages/profiler/src/live/serve.ts");

describe("serve", () => {
  let folder = "";
  const running: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "partitune-serve-"));
  });
  afterEach(async () => {
    for (const child of running.splice(0)) child.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  function start(
    options: readonly string[],
    engine: readonly string[],
    environment: Record<string, string> = {},
  ): Server {
    const socket = join(folder, "s.sock");
    const args = [program, `--socket=${socket}`, ...options, "--", ...engine];
    const child = spawn("node", args, { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...environment } });
    running.push(child);
    let words = "";
    child.stderr!.on("data", (bytes: Buffer) => {
      words += bytes;
    });
    const closed = once(child, "close") as Promise<[number | null]>;
    return { process: child, socket, ended: async () => ({ code: (await closed)[0], words }) };
  }

  const fake = (...args: readonly string[]) => ["node", fakeEngine, ...args];

  async function connectTo({ socket }: Server): Promise<Socket> {
    while (!existsSync(socket)) await sleep(10);
    const connection = connect(socket);
    await once(connection, "connect");
    return connection;
  }

  /** Sends lines in one write and reads as many answers as asked for, or all until the end. */
  async function exchange(connection: Socket, lines: readonly unknown[], answers = Number.POSITIVE_INFINITY) {
    connection.write(lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join(""));
    let text = "";
    for await (const bytes of connection.iterator({ destroyOnReturn: false })) {
      text += bytes;
      if (text.split("\n").length > answers) break;
    }
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  const requests = (count: number) => Array.from({ length: count }, (_, id) => ({ type: "request", id }));

  it("answers requests in batches, says where their time went, and drains when it is asked to end", async () => {
    const server = start(["--batch=4"], fake("--service-ms=20"));
    const connection = await connectTo(server);
    const answers = await exchange(connection, [...requests(6), { type: "status" }], 7);
    const status = answers.find(({ type }) => type === "status");
    expect(status).toEqual({ type: "status", waiting: 2, running: 4, served: 0, busy_s: 0 });
    const served = answers.filter(({ type }) => type === undefined);
    expect(served.map(({ id, batch }) => [id, batch])).toEqual([0, 1, 2, 3, 4, 5].map((id) => [id, id < 4 ? 4 : 2]));
    for (const answer of served) expect(answer).toMatchObject({ service_s: 0.02, queue_s: expect.any(Number) });
    expect(served[5]!.queue_s).toBeGreaterThan(served[0]!.queue_s as number);
    connection.once("data", () => server.process.kill("SIGTERM"));
    const rest = await exchange(connection, [...requests(5), { type: "status" }]);
    expect(rest[0]).toMatchObject({ type: "status", running: 4, waiting: 1 });
    expect(rest.slice(1).map(({ id, error }) => [id, error])).toEqual([0, 1, 2, 3, 4].map((id) => [id, undefined]));
    expect(await server.ended()).toMatchObject({ code: 0 });
    expect(existsSync(server.socket)).toBe(false);
  });

  it("says what is no request, and goes on", async () => {
    const connection = await connectTo(start([], fake()));
    const answers = await exchange(
      connection,
      ["garbage", { type: "request" }, "null", { type: "request", id: "x" }],
      4,
    );
    expect(answers.filter(({ error }) => String(error).startsWith("no request"))).toHaveLength(3);
    expect(answers).toContainEqual(expect.objectContaining({ id: "x", batch: 1 }));
  });

  it("refuses every request and ends with the reason when the engine dies", async () => {
    const server = start(["--batch=2"], fake("--crash-after=3"));
    const answers = await exchange(await connectTo(server), requests(6));
    expect(answers.map(({ id }) => id).toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
    expect(answers.filter(({ error }) => error === undefined).map(({ id }) => id)).toEqual([0, 1]);
    for (const { error } of answers.slice(2))
      expect(error).toMatch(/worker ended with exit code 7 while running a batch of 2/);
    expect(await server.ended()).toMatchObject({
      code: 1,
      words: expect.stringMatching(/engine failed: .*crashed as told/),
    });
  });

  it("notices that an idle engine was killed", async () => {
    const record = join(folder, "seen");
    const server = start([], fake(`--record=${record}`));
    const connection = await connectTo(server);
    process.kill(JSON.parse(readFileSync(record, "utf8")).pid, "SIGKILL");
    connection.resume();
    expect(await server.ended()).toMatchObject({ code: 1, words: expect.stringContaining("engine failed") });
  });

  it("leaves no engine behind when it is killed itself", async () => {
    const record = join(folder, "seen");
    const server = start([], fake(`--record=${record}`));
    (await connectTo(server)).on("error", () => {});
    const { pid } = JSON.parse(readFileSync(record, "utf8"));
    server.process.kill("SIGKILL");
    while (isAlive(pid)) await sleep(10);
  });

  it.each<[string, readonly string[], readonly string[], Record<string, string>, number, RegExp]>([
    ["an engine that does not start", [], fake("--fail"), {}, 1, /the fake engine was told to fail/],
    ["an engine that is not there", [], ["./no-such-program"], {}, 1, /cannot be started/],
    [
      "an engine that does not pace itself",
      [],
      fake("--no-pace"),
      { PARTITUNE_PACE: "0.5" },
      1,
      /does not pace itself to 0.5 cores/,
    ],
    ["no engine", [], [], {}, 2, /engine is missing; call serve.ts/],
    ["a batch of nothing", ["--batch=0"], fake(), {}, 2, /--batch "0" is no whole number/],
    ["a delay that is no number", ["--max-delay-s=soon"], fake(), {}, 2, /--max-delay-s "soon"/],
    ["an unknown option", ["--bach=2"], fake(), {}, 2, /Unknown option '--bach'/],
    [
      "a socket path that is too long",
      [`--socket=/tmp/${"x".repeat(120)}`],
      fake(),
      {},
      2,
      /has 125 bytes, and at most 106/,
    ],
    ["a socket that cannot be made", ["--socket=/nowhere/s.sock"], fake(), {}, 1, /\/nowhere\/s.sock/],
  ])("ends with one clear line for %s", async (_, options, engine, environment, code, message) => {
    const { code: ended, words } = await start(options, engine, environment).ended();
    expect(ended).toBe(code);
    expect(words).toMatch(message);
    expect(words).not.toMatch(/\n {4}at /);
  });
});

function isAlive(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch {
    return false;
  }
}
