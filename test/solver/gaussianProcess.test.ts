import { seededRandom } from "@partitune/numerics";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type GaussianParameters, gaussianProcess } from "../../packages/solver/src/gaussianProcess.ts";

/** Matérn-5/2 at a distance, in lengths, as in equation 4.17 of Rasmussen and Williams. */
const matern = (r: number) => (1 + Math.sqrt(5) * r + (5 * r * r) / 3) * Math.exp(-Math.sqrt(5) * r);

test("of two points it gives what the two equations give by hand", () => {
  const { parameters, noiseVariance, at } = gaussianProcess([[0], [1]], [2, 6]);
  const length = Math.exp(parameters.logLengths[0]!);
  const noise = Math.exp(parameters.logNoise);
  const r = matern(1 / length);
  // by symmetry the mean is 4, the residuals −2 and 2, and (−2, 2) is an eigenvector with eigenvalue 1 + noise − r
  const weight = 2 / (1 + noise - r);
  const variance = (2 * 2 * weight) / 2; // residuals · weights / n
  const [toFirst, toSecond] = [matern(0.25 / length), matern(0.75 / length)];
  const { mean, variance: spread } = at([0.25]);
  expect(mean).toBeCloseTo(4 + weight * (toSecond - toFirst), 10);
  const [sum, difference] = [toFirst + toSecond, toFirst - toSecond];
  const explained = sum ** 2 / (2 * (1 + noise + r)) + difference ** 2 / (2 * (1 + noise - r));
  const forMean = (1 - sum / (1 + noise + r)) ** 2 / (2 / (1 + noise + r));
  expect(spread).toBeCloseTo(variance * (1 - explained + forMean), 10);
  expect(noiseVariance).toBeCloseTo(variance * noise, 10);
});

test("it goes through smooth values and predicts between them", () => {
  const f = ([x, y]: readonly number[]) => Math.sin(4 * x!) + y! ** 2;
  const random = seededRandom("smooth");
  const points = Array.from({ length: 30 }, () => [random.next(), random.next()]);
  const { at } = gaussianProcess(points, points.map(f));
  for (const point of points) expect(at(point).mean).toBeCloseTo(f(point), 2);
  for (let k = 0; k < 50; k++) {
    const point = [random.next(), random.next()];
    const { mean, variance } = at(point);
    expect(Math.abs(mean - f(point))).toBeLessThan(0.01 + 5 * Math.sqrt(variance));
  }
});

test("it learns which coordinate matters", () => {
  const random = seededRandom("relevance");
  const points = Array.from({ length: 40 }, () => [random.next(), random.next()]);
  const { parameters } = gaussianProcess(
    points,
    points.map(([x]) => Math.sin(8 * x!)),
  );
  expect(parameters.logLengths[0]!).toBeLessThan(parameters.logLengths[1]! - 1);
});

test("beginning from the parameters it found, it stays there", () => {
  const random = seededRandom("again");
  const points = Array.from({ length: 15 }, () => [random.next()]);
  const values = points.map(([x]) => Math.exp(x!));
  const first = gaussianProcess(points, values).parameters;
  const second: GaussianParameters = gaussianProcess(points, values, first).parameters;
  expect(second).toEqual(first);
});

test("scaling the values scales what it predicts, and constant or repeated values break nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 }), (values) => {
      const points = values.map((_, i) => [i / 8]);
      const [one, many] = [
        gaussianProcess(points, values),
        gaussianProcess(
          points,
          values.map((value) => 1e6 * value),
        ),
      ];
      const { mean, variance } = one.at([0.3]);
      expect(Number.isFinite(mean) && variance >= 0).toBe(true);
      expect(many.at([0.3]).mean / 1e6).toBeCloseTo(mean, 4);
    }),
    { numRuns: 30 },
  );
  expect(gaussianProcess([[0.5]], [3]).at([0.1]).mean).toBe(3);
  expect(gaussianProcess([[0.5], [0.5]], [1, 3]).at([0.5]).mean).toBeCloseTo(2, 9);
});
