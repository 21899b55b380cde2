import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Arrivals } from "@partitune/schema";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LoadRequest, outcomes } from "../../../packages/profiler/src/live/load.ts";
import { generateLoad } from "../../../packages/profiler/src/live/loadGenerator.ts";
import { runLoad } from "../../../packages/profiler/src/live/runLoad.ts";
import { monotonicSeconds } from "../../../packages/profiler/src/meters/monotonicSeconds.ts";

/** What a fake server does with a request. */
type Handle = (id: number, socket: Socket) => void;

const answer: Handle = (id, socket) =>
  void socket.write(`${JSON.stringify({ id, queue_s: 0, service_s: 0.001, batch: 1, end_s: monotonicSeconds() })}\n`);

describe("runLoad", () => {
  let folder = "";
  const servers: Server[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "partitune-load-"));
  });
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
    rmSync(folder, { recursive: true });
  });

  async function listen(name: string, handle: Handle): Promise<string> {
    const path = join(folder, name);
    const server = createServer((socket) => {
      let begun = "";
      socket.on("data", (bytes) => {
        const lines = (begun + bytes).split("\n");
        begun = lines.pop()!;
        for (const line of lines) handle((JSON.parse(line) as { id: number }).id, socket);
      });
      socket.on("error", () => {});
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    return path;
  }

  const every = (seconds: number, count: number): Arrivals => ({
    kind: "recorded",
    times: Array.from({ length: count }, (_, i) => i * seconds),
    repeat: false,
  });
  const loadOf = (parts: Partial<LoadRequest> & Pick<LoadRequest, "streams">): LoadRequest => ({
    warmupSeconds: 0,
    durationSeconds: 0.1,
    timeoutSeconds: 1,
    seed: 1,
    ...parts,
  });

  it("sends every request when it is due, never before, and reads what became of it", async () => {
    const socket = await listen("a", answer);
    const [stream] = await runLoad(
      loadOf({ streams: [{ placement: "a", socket, arrivals: every(0.0051, 20) }] }),
      () => {},
    );
    expect(Array.from(stream!.intended)).toEqual(Array.from({ length: 20 }, (_, i) => i * 0.0051));
    for (const [i, sent] of stream!.sent.entries()) expect(sent).toBeGreaterThanOrEqual(stream!.intended[i]!);
    for (const [i, end] of stream!.end.entries()) expect(end).toBeGreaterThanOrEqual(stream!.sent[i]!);
    expect(stream!.outcome).toEqual(new Uint8Array(20).fill(outcomes.answered));
    expect(stream!.errors).toEqual([]);
  });

  it("does not wait for answers before it sends the next request", async () => {
    const held: [number, Socket][] = [];
    const socket = await listen("a", (id, connection) => {
      held.push([id, connection]);
      if (held.length === 10) for (const each of held) answer(...each);
    });
    const [stream] = await runLoad(
      loadOf({ streams: [{ placement: "a", socket, arrivals: every(0.005, 10) }] }),
      () => {},
    );
    expect(stream!.end.every((end) => end >= 0.045)).toBe(true);
    expect(stream!.outcome).toEqual(new Uint8Array(10).fill(outcomes.answered));
  });

  it("goes on sending after the window until its last request is settled, and keeps only those of the window", async () => {
    const held: [number, Socket][] = [];
    const socket = await listen("a", (id, connection) => {
      held.push([id, connection]);
      if (id === 40) for (const each of held) answer(...each);
    });
    const [stream] = await runLoad(
      loadOf({ streams: [{ placement: "a", socket, arrivals: every(0.005, 1_000) }] }),
      () => {},
    );
    expect(held.length).toBeGreaterThan(40);
    expect(stream!.intended).toHaveLength(20);
    expect(stream!.outcome).toEqual(new Uint8Array(20).fill(outcomes.answered));
  });

  it("gives requests up after the time-out, and counts an answer after it as none", async () => {
    const socket = await listen("a", (id, connection) => {
      if (id === 1) setTimeout(() => answer(id, connection), 500);
      if (id === 2) answer(id, connection);
    });
    const load = loadOf({ timeoutSeconds: 0.3, streams: [{ placement: "a", socket, arrivals: every(0.045, 4) }] });
    const [stream] = await runLoad(load, () => {});
    expect(Array.from(stream!.outcome)).toEqual([outcomes.timedOut, outcomes.timedOut, outcomes.answered]);
  });

  it("counts requests as failed when a server refuses them or goes away, and keeps loading the others", async () => {
    const brittle = await listen("a", (id, connection) => {
      if (id === 0) connection.write('{"id":0,"error":"engine died"}\n');
      else connection.destroy();
    });
    const steady = await listen("b", answer);
    const streams = [
      { placement: "a", socket: brittle, arrivals: every(0.01, 10) },
      { placement: "b", socket: steady, arrivals: every(0.01, 10) },
    ];
    const [a, b] = await runLoad(loadOf({ streams }), () => {});
    expect(a!.outcome.every((outcome) => outcome === outcomes.failed)).toBe(true);
    expect(a!.outcome.length).toBeGreaterThanOrEqual(2);
    expect(a!.errors).toEqual(["engine died", "the server closed the connection"]);
    expect(b!.outcome).toEqual(new Uint8Array(10).fill(outcomes.answered));
  });

  it("gives each placement arrivals of its own, fixed by the seed", async () => {
    const socket = await listen("a", answer);
    const arrivals: Arrivals = { kind: "poisson", ratePerSecond: 200 };
    const streams = ["a", "b"].map((placement) => ({ placement, socket, arrivals }));
    const [a, b] = await runLoad(loadOf({ streams }), () => {});
    const [alone] = await runLoad(loadOf({ streams: streams.slice(1) }), () => {});
    expect(Array.from(alone!.intended)).toEqual(Array.from(b!.intended));
    expect(Array.from(a!.intended)).not.toEqual(Array.from(b!.intended));
  });

  describe("in a process of its own", () => {
    it("does the same, and tells how far it is", async () => {
      const socket = await listen("a", answer);
      const load = loadOf({ streams: [{ placement: "a", socket, arrivals: every(0.01, 10) }] });
      const seen: number[] = [];
      const [stream] = await generateLoad(load, ({ total }) => seen.push(total));
      expect(stream!.outcome).toEqual(new Uint8Array(10).fill(outcomes.answered));
      expect(seen.length).toBeGreaterThan(0);
    });

    it("ends when it is aborted, and says when a server cannot be reached", async () => {
      const socket = await listen("a", () => {});
      const load = loadOf({
        durationSeconds: 60,
        streams: [{ placement: "a", socket, arrivals: every(0.01, 10_000) }],
      });
      const controller = new AbortController();
      const reason = new Error("enough");
      await expect(generateLoad(load, () => controller.abort(reason), controller.signal)).rejects.toBe(reason);
      const nowhere = { ...load, streams: [{ ...load.streams[0]!, socket: join(folder, "nowhere") }] };
      await expect(generateLoad(nowhere, () => {})).rejects.toThrow(/load generator failed: .*ENOENT/);
    });
  });
});
