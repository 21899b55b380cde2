import { type ChildProcess, spawn } from "node:child_process";
import { afterEach, describe, expect, test } from "vitest";
import { cardUsers } from "../../../packages/profiler/src/executors/cardUsers.ts";
import type { Card, CardProcess } from "../../../packages/profiler/src/nvidia/card.ts";

const started: ChildProcess[] = [];
afterEach(() => {
  for (const each of started.splice(0)) each.kill("SIGKILL");
});

/** A process that leads a group of its own, as workers do. */
function worker(): number {
  const child = spawn("sleep", ["30"], { detached: true, stdio: "ignore" });
  started.push(child);
  return child.pid!;
}

const cardOf = (...processes: readonly CardProcess[]) =>
  ({ processes: async () => processes }) as Partial<Card> as Card;
const compute = (pid: number, memoryBytes: number | null = 1e9): CardProcess => ({ pid, kind: "compute", memoryBytes });
const nobody = 2 ** 22 + 5;

describe("who uses a card", () => {
  test("workers are ours, everybody else who computes is not, and who draws does not count", async () => {
    const own = worker();
    const users = await cardUsers(
      cardOf(compute(own), compute(process.pid), { pid: 1, kind: "graphics", memoryBytes: 1e6 }),
      new Set([own]),
      new Set(),
    );
    expect([users.others, users.memoryOf([own])]).toEqual([1, 1e9]);
  });

  test("numbers that mean nothing here are those of our workers, as many as are not listed", async () => {
    const own = [worker(), worker()];
    const hidden = (count: number) => Array.from({ length: count }, (_, i) => compute(nobody + i));
    const others = async (count: number) => (await cardUsers(cardOf(...hidden(count)), new Set(own), new Set())).others;
    expect([await others(1), await others(2), await others(3)]).toEqual([0, 0, 1]);
  });

  test("memory is unknown where the driver does not tell it, or not of these workers", async () => {
    const own = worker();
    const users = await cardUsers(cardOf(compute(own, null)), new Set([own]), new Set());
    expect([users.memoryOf([own]), users.memoryOf([nobody])]).toEqual([null, null]);
  });
});
