import { seededRandom } from "@partitune/numerics";
import {
  columnGeneration,
  countChanges,
  type Layout,
  type LayoutReplan,
  type PackingProblem,
  type ReplanOptions,
  type RunningGpu,
  replanLayout,
} from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { checkLayout } from "../packing/checkLayout.ts";
import { mig, randomProblem, tenths } from "../packing/fixtures.ts";
import { piecesOf, quarters, runningFrom, scaled, smallMig, tightPair } from "./fixtures.ts";
import { leastChange } from "./leastChange.ts";

type Replanned = Extract<LayoutReplan, { status: "packed" }>;

async function pack(problem: PackingProblem): Promise<readonly RunningGpu[]> {
  const packing = await columnGeneration(problem);
  if (packing.status !== "packed") throw new Error("a service is lost");
  return runningFrom(packing.layout);
}

async function replan(
  problem: PackingProblem,
  running: readonly RunningGpu[],
  options: ReplanOptions = {},
): Promise<Replanned> {
  const answer = await replanLayout(problem, running, options);
  if (answer.status !== "packed") throw new Error("a service is lost");
  return answer;
}

/** Everything that is wrong with a re-plan: as a layout, and in what it says of itself. */
function faults(problem: PackingProblem, running: readonly RunningGpu[], answer: Replanned): readonly string[] {
  const { gpus, changes } = answer;
  const old = new Map(running.flatMap((gpu) => gpu.pieces.map((piece) => [piece.id, { gpu: gpu.id, ...piece }])));
  const ids = gpus.flatMap(({ pieces }) => pieces.map(({ id }) => id));
  const moved = gpus.flatMap(({ id: gpu, pieces }) =>
    pieces.filter((piece) => {
      const was = old.get(piece.id);
      return was !== undefined && (was.gpu !== gpu || was.piece !== piece.piece || was.start !== piece.start);
    }),
  );
  const same = gpus.flatMap(({ pieces }) =>
    pieces.filter(({ id, tenants }) => {
      const was = old.get(id);
      const key = (list: typeof tenants) => list.map((each) => [each.service, each.batch, each.processes]).join();
      return was !== undefined && key(was.tenants) === key(tenants);
    }),
  );
  return [
    ...checkLayout(problem, { card: problem.card.name, gpus } as Layout),
    ...(new Set(ids).size < ids.length ? ["a piece's name stands twice"] : []),
    ...moved.map(({ id }) => `${id} is not where it was`),
    ...(same.length === changes.kept ? [] : [`${changes.kept} kept are stated, ${same.length} are`]),
  ];
}

describe.each([
  ["MIG", mig],
  ["shares", tenths],
] as const)("re-planning random synthetic problems on %s", (_, card) => {
  test("changes nothing when nothing changes", async () => {
    const problem = randomProblem(1, card, "half-slo", 12);
    const running = await pack(problem);
    const answer = await replan(problem, running);
    expect(answer.gpus).toEqual(running);
    expect(answer.changes).toMatchObject({ touched: 0, cost: 0, kept: piecesOf(running) });
    expect(answer.proved).toBe(true);
  });

  test("keeps every promise of the plan with no more GPUs than planning afresh, whatever becomes of the rates", async () => {
    for (let seed = 0; seed < 6; seed += 1) {
      const random = seededRandom(seed);
      const problem = randomProblem(seed, card, "half-slo", 10);
      const running = await pack(problem);
      const next = scaled(problem, {
        [random.integer(10)]: 3 * random.next(),
        [random.integer(10)]: 2 * random.next(),
      });
      const answer = await replan(next, running);
      expect(faults(next, running, answer)).toEqual([]);
      expect(answer.gpus.length).toBeLessThanOrEqual(answer.afreshGpus!);
      expect(answer.gpus.length).toBeGreaterThanOrEqual(answer.bound - 1e-6);
    }
  });

  test("cuts the whole fleet anew, near to what runs, when no few GPUs have the room", async () => {
    let anew = 0;
    for (let seed = 0; seed < 8; seed += 1) {
      const problem = randomProblem(seed, card, "half-slo", 16);
      const running = await pack(problem);
      const next = scaled(problem, { 0: 0.2, 3: 0.3, 5: 0.3, 7: 0.1 });
      const answer = await replan(next, running, { mostOpen: 1 });
      expect(faults(next, running, answer)).toEqual([]);
      expect(answer.gpus.length).toBeLessThanOrEqual(answer.afreshGpus!);
      if (answer.gpus.length < running.length && answer.changes.created > 0) anew += 1;
    }
    expect(anew).toBeGreaterThan(0);
  });

  test("serves services that come, and gives up the pieces of those that end", async () => {
    const problem = randomProblem(4, card, "half-slo", 10);
    const without = { ...problem, services: problem.services.slice(2) };
    const running = await pack(without);
    const grown = await replan(problem, running);
    expect(faults(problem, running, grown)).toEqual([]);
    const shrunk = await replan(without, await pack(problem));
    const left = shrunk.gpus.flatMap(({ pieces }) => pieces.flatMap(({ tenants }) => tenants));
    expect(left.map(({ service }) => service)).not.toContain(problem.services[0]!.name);
    expect(shrunk.gpus.length).toBeLessThanOrEqual(shrunk.afreshGpus!);
  });

  test("replaces what a lost GPU answered, and does not use its name", async () => {
    const problem = randomProblem(2, card, "half-slo", 10);
    const running = await pack(problem);
    const answer = await replan(problem, running, { without: ["gpu1"] });
    const left = running.filter(({ id }) => id !== "gpu1");
    expect(faults(problem, left, answer)).toEqual([]);
    expect(answer.gpus.map(({ id }) => id)).not.toContain("gpu1");
    expect(answer.changes.kept).toBeGreaterThanOrEqual(0.7 * piecesOf(left));
  });

  test("gives up everything when nobody sends requests", async () => {
    const problem = randomProblem(3, card, "half-slo", 4);
    const running = await pack(problem);
    const silent = scaled(problem, { 0: 0, 1: 0, 2: 0, 3: 0 });
    const answer = await replan(silent, running);
    expect(answer.gpus).toEqual([]);
    expect(answer.changes).toMatchObject({ kept: 0, destroyed: piecesOf(running), created: 0 });
  });
});

describe("the least change", () => {
  test.each([
    ["MIG", smallMig, 24],
    ["shares", quarters, 24],
  ] as const)("is that of trying every layout of two small cards, on %s", async (_, card, cases) => {
    const seen = new Set<number>();
    for (let seed = 0; seed < cases; seed += 1) {
      const [problem, next] = tightPair(seed, card);
      const [running, afresh] = [await pack(problem), await pack(next)];
      if (running.length > 2 || afresh.length > 2) continue;
      const exact = leastChange(next, running);
      const answer = await replan(next, running);
      expect(faults(next, running, answer)).toEqual([]);
      expect({ seed, gpus: answer.gpus.length, cost: answer.changes.cost }).toEqual({ seed, ...exact });
      seen.add(exact.cost);
    }
    expect(seen.size).toBeGreaterThan(5);
  });

  test("costs no more when more GPUs may be used", async () => {
    for (let seed = 20; seed < 23; seed += 1) {
      const problem = randomProblem(seed, mig, "half-slo", 8);
      const running = await pack(problem);
      const next = scaled(problem, { 1: 2.2, 4: 0.3 });
      const [tight, loose] = [await replan(next, running), await replan(next, running, { slack: 1 })];
      expect(loose.changes.cost).toBeLessThanOrEqual(tight.changes.cost);
      expect(loose.gpus.length).toBeLessThanOrEqual(tight.afreshGpus! + 1);
    }
  });

  test("stays within a number of GPUs without planning afresh", async () => {
    const problem = randomProblem(8, mig, "half-slo", 10);
    const running = await pack(problem);
    const answer = await replan(scaled(problem, { 0: 0.5 }), running, { mostGpus: running.length });
    expect(answer).toMatchObject({ afreshGpus: null, bound: 0, changes: { touched: 0 }, proved: true });
  });

  test("does not depend on what GPUs and pieces are called", async () => {
    const problem = randomProblem(5, mig, "half-slo", 10);
    const running = await pack(problem);
    const renamed = running.map(({ id, pieces }) => ({
      id: `rack ${id}`,
      pieces: pieces.map((piece) => ({ ...piece, id: `part ${piece.id}` })),
    }));
    const next = scaled(problem, { 2: 2.5 });
    const [one, other] = [await replan(next, running), await replan(next, renamed)];
    expect(other.changes).toEqual(one.changes);
  });
});

describe("what runs already", () => {
  test("gets the best configuration of its piece when its own is no longer safe", async () => {
    const problem = randomProblem(6, mig, "half-slo", 6);
    const running = await pack(problem);
    const services = problem.services.map((service, i) =>
      i === 0 ? { ...service, deadlineSeconds: 0.6 * service.deadlineSeconds } : service,
    );
    const next = { ...problem, services };
    const answer = await replan(next, running);
    expect(faults(next, running, answer)).toEqual([]);
    expect(answer.changes.adjusted).toBeGreaterThan(0);
  });

  test("goes on taking turns under a rule that covers it, and does not under another", async () => {
    const problem = randomProblem(9, mig, "duty-own", 8);
    const packing = await columnGeneration(problem);
    if (packing.status !== "packed") throw new Error("a service is lost");
    const running = runningFrom(packing.layout);
    const shared = running.flatMap(({ pieces }) => pieces.filter(({ tenants }) => tenants.length > 1));
    expect(shared.length).toBeGreaterThan(0);
    const same = await replan(problem, running);
    expect(same.changes.touched).toBe(0);
    const strict = { ...problem, rule: "half-slo" as const };
    const answer = await replan(strict, running);
    expect(faults(strict, running, answer)).toEqual([]);
    expect(answer.gpus.flatMap(({ pieces }) => pieces).every(({ tenants }) => tenants.length === 1)).toBe(true);
  });

  test("is used as it is by the service whose rate grows into what is spare", async () => {
    const problem = randomProblem(7, mig, "half-slo", 6);
    const running = await pack(problem);
    const capacity = running
      .flatMap(({ pieces }) => pieces.flatMap(({ tenants }) => tenants))
      .filter(({ service }) => service === problem.services[0]!.name)
      .reduce((sum, { ratePerSecond }) => sum + ratePerSecond, 0);
    const factor = (0.999 * capacity) / problem.services[0]!.ratePerSecond;
    const answer = await replan(scaled(problem, { 0: factor }), running);
    expect(answer.changes.touched).toBe(0);
  });
});

describe("bad input to a re-plan", () => {
  const problem = randomProblem(1, mig, "half-slo", 3);
  const tenants = [
    {
      service: "s-m0",
      batch: 1,
      processes: 1,
      latencySeconds: 0.01,
      ratePerSecond: 10,
      memoryBytes: null,
      powerWatts: null,
    },
  ];

  test.each([
    [
      "a piece of another card",
      [{ id: "a", pieces: [{ id: "p", piece: "40%", start: 0, tenants }] }],
      'piece "p" is a 40%',
    ],
    [
      "names that stand twice",
      [
        { id: "a", pieces: [{ id: "p", piece: "1g", start: 0, tenants }] },
        { id: "b", pieces: [{ id: "p", piece: "1g", start: 0, tenants }] },
      ],
      'the name "p" stands twice',
    ],
    [
      "pieces over each other",
      [
        {
          id: "a",
          pieces: [
            { id: "p", piece: "3g", start: 4, tenants },
            { id: "q", piece: "1g", start: 5, tenants },
          ],
        },
      ],
      'GPU "a" of the running plan has pieces that do not fit together',
    ],
  ] as const)("%s is refused", async (_, running, message) => {
    await expect(replanLayout(problem, running)).rejects.toThrow(message);
  });

  test("a service that no piece can serve is named", async () => {
    const services = problem.services.map((service) => ({ ...service, deadlineSeconds: 1e-6 }));
    const answer = await replanLayout({ ...problem, services }, []);
    expect(answer.status).toBe("unservable");
  });
});

test("what changes is counted by what happens to each piece", () => {
  const tenant = (service: string, batch = 4, processes = 1) => ({
    service,
    batch,
    processes,
    latencySeconds: 0.01,
    ratePerSecond: 100,
    memoryBytes: null,
    powerWatts: null,
  });
  const piece = (id: string, ...tenants: readonly ReturnType<typeof tenant>[]) => ({
    id,
    piece: "2g",
    start: 0,
    tenants,
  });
  const before = [
    { id: "g0", pieces: [piece("a", tenant("x")), piece("b", tenant("x")), piece("c", tenant("y"))] },
    { id: "g1", pieces: [piece("d", tenant("z"))] },
  ];
  const after = [
    { id: "g0", pieces: [piece("a", tenant("x", 8)), piece("b", tenant("x", 4, 2)), piece("c", tenant("z"))] },
    { id: "g2", pieces: [piece("e", tenant("z"))] },
  ];
  expect(countChanges(before, after)).toEqual({
    kept: 0,
    adjusted: 2,
    replaced: 1,
    destroyed: 1,
    created: 1,
    touched: 5,
    cost: 1 + 3 + 6 + 4 + 12 + 40,
  });
  expect(countChanges(before, before)).toMatchObject({ kept: 4, touched: 0, cost: 0 });
});
