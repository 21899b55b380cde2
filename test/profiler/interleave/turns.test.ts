import { seededRandom } from "@partitune/numerics";
import type { BackgroundJob } from "@partitune/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inferenceOf, play, round, shown, turnsOf } from "./fixtures.ts";

const background = turnsOf().background!;
const withRule = (parts: Partial<BackgroundJob>) => turnsOf({ background: { ...background, ...parts } });
const onFull = (parts = {}) => inferenceOf("urgent", { dispatcher: "on-full", ...parts });

describe("taking turns", () => {
  it("serves at every window's end what has come, and runs the background only where it ends before", async () => {
    const played = play(turnsOf());
    for (const when of [0.1, 0.4, 1.5]) played.request(0, when);
    await played.time.passUntil(3);
    expect(shown(played.minibatches)).toEqual([
      "backlog 2: 0–0.3",
      "backlog 2: 0.3–0.6",
      "backlog 2: 0.6–0.9",
      "urgent 2: 1–1.2",
      "backlog 2: 1.2–1.5",
      "backlog 2: 1.5–1.8",
      "urgent 1: 2–2.2",
      "backlog 2: 2.2–2.5",
      "backlog 2: 2.5–2.8",
    ]);
    expect(played.said).toEqual(["0.1 in 2 at 1.2", "0.4 in 2 at 1.2", "1.5 in 1 at 2.2"]);
  });

  it("lets the background be as late as slack tolerates, and no more", async () => {
    const played = play(withRule({ policy: "slack", toleratedSeconds: 0.21 }));
    played.request(0, 0.5);
    await played.time.passUntil(2);
    expect(shown(played.minibatches).slice(3, 6)).toEqual([
      "backlog 2: 0.9–1.2",
      "urgent 1: 1.2–1.4",
      "backlog 2: 1.4–1.7",
    ]);
    const strict = play(withRule({ policy: "slack", toleratedSeconds: 0.19 }));
    strict.request(0, 0.5);
    await strict.time.passUntil(2);
    expect(shown(strict.minibatches)[3]).toBe("urgent 1: 1–1.2");
  });

  it("never lets the device idle when the background is greedy, and never interrupts a minibatch", async () => {
    const played = play(withRule({ policy: "greedy" }));
    played.request(0, 0.99);
    await played.time.passUntil(3);
    expect(shown(played.minibatches).slice(2, 6)).toEqual([
      "backlog 2: 0.6–0.9",
      "backlog 2: 0.9–1.2",
      "urgent 1: 1.2–1.4",
      "backlog 2: 1.4–1.7",
    ]);
  });

  it("counts a changeover against the background", async () => {
    const played = play({ ...turnsOf(), changeoverSeconds: 0.11 });
    await played.time.passUntil(1);
    expect(shown(played.minibatches)).toEqual(["backlog 2: 0–0.3", "backlog 2: 0.3–0.6"]);
  });

  it("runs no more background minibatches in a window than the plan allows on average", async () => {
    const played = play(withRule({ highestPerWindow: 1.5 }));
    await played.time.passUntil(4);
    const starts = shown(played.minibatches).map((text) => text.split(" ")[2]);
    expect(starts).toEqual(["0–0.3", "1–1.3", "1.3–1.6", "2–2.3", "3–3.3", "3.3–3.6"]);
  });

  it("puts requests beyond a minibatch off to the next window, and says so", async () => {
    const played = play(turnsOf({ background: null }));
    for (const when of [0.1, 0.2, 0.3, 0.4, 0.5, 1.5]) played.request(0, when);
    await played.time.passUntil(3);
    expect(played.said.slice(3)).toEqual(["0.4 in 4 at 1.2", "0.5 in 2 at 2.2", "1.5 in 2 at 2.2"]);
    expect(played.windows.map(({ came, overflowed }) => [came, overflowed])).toEqual([
      [5, true],
      [1, false],
      [0, false],
    ]);
    expect(played.minibatches.map(({ putOff }) => putOff)).toEqual([0, 1]);
  });

  it("serves on full when the last request of a minibatch comes, or when the first has waited for the timeout", async () => {
    const played = play(turnsOf({ inferences: [onFull({ timeoutSeconds: 0.5 })], background: null }));
    for (const when of [0.1, 0.2, 0.3, 0.4, 1, 1.1]) played.request(0, when);
    await played.time.passUntil(3);
    expect(shown(played.minibatches)).toEqual(["urgent 4: 0.4–0.6", "urgent 2: 1.5–1.7"]);
    expect(played.minibatches.map(({ ready }) => round(ready))).toEqual([0.4, 1.5]);
  });

  it("waits for a full minibatch where the plan names no timeout", async () => {
    const played = play(turnsOf({ inferences: [onFull()], background: null }));
    for (const when of [0.1, 0.2, 0.3]) played.request(0, when);
    await played.time.passUntil(50);
    expect(played.said).toEqual([]);
    played.request(0, 60);
    await played.time.passUntil(61);
    expect(shown(played.minibatches)).toEqual(["urgent 4: 60–60.2"]);
  });

  it("serves the more urgent of two ready minibatches first", async () => {
    const plan = turnsOf({ inferences: [inferenceOf("urgent"), inferenceOf("patient")], background: null });
    const played = play(plan);
    played.request(1, 0.1);
    played.request(0, 0.2);
    await played.time.passUntil(2);
    expect(shown(played.minibatches)).toEqual(["urgent 1: 1–1.2", "patient 1: 1.2–1.4"]);
  });

  it("runs everything at once when nobody manages", async () => {
    const played = play(turnsOf(), { managed: false });
    played.request(0, 0.5);
    await played.time.passUntil(1.6);
    expect(shown(played.minibatches)).toContain("urgent 1: 1–1.2");
    expect(shown(played.minibatches)).toContain("backlog 2: 0.9–1.2");
  });

  it("does not run requests that nobody waits for any more", async () => {
    const played = play(turnsOf({ background: null }));
    played.request(0, 0.5, { abandoned: true });
    await played.time.passUntil(2);
    expect(played.minibatches).toEqual([]);
  });

  it("refuses what goes beyond memory", async () => {
    const played = play(turnsOf({ background: null }));
    for (let i = 0; i < 12; i++) played.request(0, 0.5);
    await played.time.passUntil(0.9);
    expect(played.said).toEqual(["0.5: too many requests wait", "0.5: too many requests wait"]);
  });

  it("counts what is ready and not yet run against memory, too", async () => {
    const played = play(turnsOf({ inferences: [onFull({ expected: { seconds: 50, watts: 1 } })], background: null }));
    for (let i = 0; i < 20; i++) played.request(0, 0.5);
    await played.time.passUntil(1);
    expect(played.turns.queue(0).status()).toMatchObject({ waiting: 10, running: 4 });
    expect(played.said).toHaveLength(6);
  });

  it("answers what has come before it ends, at once, and starts no more of the background", async () => {
    const played = play(turnsOf());
    for (const when of [0.1, 0.11, 0.12, 0.13, 0.14]) played.request(0, when);
    await played.time.passUntil(0.2);
    let drained = false;
    void played.turns.drain().then(() => {
      drained = true;
    });
    played.request(0, 0.25);
    await played.time.passUntil(0.6);
    expect(drained).toBe(false);
    await played.time.passUntil(2);
    expect(drained).toBe(true);
    expect(shown(played.minibatches)).toEqual(["backlog 2: 0–0.3", "urgent 4: 0.3–0.5", "urgent 1: 0.5–0.7"]);
    expect(played.said[0]).toBe("0.25: the server is stopping");
    expect(played.turns.queue(0).status()).toMatchObject({ waiting: 0, running: 0, served: 5 });
  });

  it.each(["urgent", "backlog"])("refuses every request when %s fails, and says so once", async (job) => {
    const played = play(turnsOf(), { fails: { [job]: 1 } });
    for (const when of [0.1, 0.2]) played.request(0, when);
    await played.time.passUntil(3);
    expect(played.failures).toEqual([`${job} died`]);
    expect(played.said).toEqual([`0.1: ${job} died`, `0.2: ${job} died`]);
    await played.turns.drain();
  });

  it("keeps the bound of the rules for any arrivals of at most a minibatch in a window, and minibatches no longer than expected", async () => {
    const policies = ["reserve", "slack", "greedy"] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          policy: fc.constantFrom(...policies),
          service: fc.double({ min: 0.05, max: 0.6, noNaN: true }),
          behind: fc.double({ min: 0.05, max: 1.5, noNaN: true }),
          tolerated: fc.double({ min: 0, max: 0.5, noNaN: true }),
          seed: fc.nat(),
        }),
        async ({ policy, service, behind, tolerated, seed }) => {
          const plan = turnsOf({
            inferences: [inferenceOf("urgent", { expected: { seconds: service, watts: 1 } })],
            background: { ...background, policy, toleratedSeconds: tolerated, expected: { seconds: behind, watts: 1 } },
          });
          const late = { reserve: 0, slack: Math.min(tolerated, behind), greedy: behind }[policy];
          fc.pre(service + late <= 1);
          const random = seededRandom(seed);
          const quicker = (seconds: number) => () => seconds * (0.6 + 0.4 * random.next());
          const played = play(plan, { takes: { urgent: quicker(service), backlog: quicker(behind) } });
          for (let window = 0; window < 20; window++)
            for (let i = 0; i < random.integer(5); i++) played.request(0, window + random.next() * 0.999);
          await played.time.passUntil(23);
          const latencies = played.said.map((text) => {
            const [, came, end] = /^(\S+) in \d+ at (\S+)$/.exec(text)!;
            return Number(end) - Number(came);
          });
          expect(Math.max(0, ...latencies)).toBeLessThanOrEqual(1 + service + late + 1e-5);
          const overlaps = played.minibatches.some(
            ({ start }, i) => i > 0 && start < played.minibatches[i - 1]!.end - 1e-9,
          );
          expect(overlaps).toBe(false);
        },
      ),
      { numRuns: 40 },
    );
  });
});
