import { columnGeneration, highestLoadFactor } from "@partitune/solver";
import { describe, expect, test } from "vitest";
import { checkLayout } from "./checkLayout.ts";
import { gpusOf, mig, randomProblem } from "./fixtures.ts";

const problem = randomProblem(4, mig, "half-slo", 3);
const times = (factor: number) => ({
  ...problem,
  services: problem.services.map((service) => ({ ...service, ratePerSecond: factor * service.ratePerSecond })),
});

describe("the highest factor on all rates", () => {
  test("is met by its layout, and its bound by none", async () => {
    const { factor, bound, layout } = (await highestLoadFactor(problem, 3))!;
    expect(layout!.gpus.length).toBeLessThanOrEqual(3);
    expect(checkLayout(times(factor), layout!)).toEqual([]);
    const beyond = await columnGeneration(times(bound));
    expect(beyond.status === "packed" && Math.ceil(beyond.bound - 1e-6)).toBeGreaterThan(3);
    expect(factor).toBeLessThan(bound);
    expect(bound / factor).toBeLessThan(1.1);
  });

  test("grows with the number of GPUs, and is 1 at least on as many as the rates need", async () => {
    const gpus = gpusOf(await columnGeneration(problem));
    const own = (await highestLoadFactor(problem, gpus))!;
    expect(own.bound).toBeGreaterThan(1);
    expect((await highestLoadFactor(problem, gpus + 1))!.factor).toBeGreaterThan(own.factor);
  });

  test("does not exist when nobody sends requests or a service cannot be served", async () => {
    expect(await highestLoadFactor(times(0), 1)).toBeNull();
    const services = problem.services.map((service) => ({ ...service, deadlineSeconds: 1e-5 }));
    expect(await highestLoadFactor({ ...problem, services }, 1)).toBeNull();
  });

  test.each([0, -1, 1.5, Number.NaN])("is refused for %s GPUs", async (gpus) => {
    await expect(highestLoadFactor(problem, gpus)).rejects.toThrow("are no fleet");
  });
});
