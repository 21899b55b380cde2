import { seededRandom } from "@partitune/numerics";
import { InputError } from "@partitune/schema";
import { describe, expect, it } from "vitest";
import { column, type FeatureRow } from "../../../packages/surrogate/src/features.ts";
import { models } from "../../../packages/surrogate/src/models/index.ts";
import { contextFor, grid, row } from "../fixtures/rows.ts";

/** For each model a law of its own family. */
const families: Readonly<Record<string, (x: FeatureRow) => number>> = {
  amdahl: (x) => 0.002 + (0.005 + 0.01 * x[column.batch]!) * (0.1 + 0.9 / x[column.fraction]!),
  power: (x) => 0.02 * x[column.fraction]! ** -0.8 * x[column.batch]! ** 0.7,
  robust: (x) => 0.02 * x[column.fraction]! ** -0.8 * x[column.batch]! ** 0.7,
  exponential: (x) => 0.02 * Math.exp(-1.5 * x[column.fraction]!) * Math.exp(0.2 * x[column.batch]!),
  linear: (x) => Math.exp(-4 + (0.6 - 0.1 * Math.log(x[column.fraction]!)) * Math.log(x[column.batch]!)),
  polynomial: (x) => 0.02 * Math.exp(0.1 * Math.log(x[column.batch]!) ** 2 - 0.2 * Math.log(x[column.fraction]!) ** 2),
  "launch-bound": (x) => Math.max(0.03, (0.002 + 0.004 * x[column.batch]!) / x[column.fraction]!),
  quota: (x) => 0.001 + (0.004 + 0.01 * x[column.batch]!) * (x[column.threads]! / x[column.cores]!),
  quadratic: (x) =>
    Math.exp(
      -3 + 0.3 * Math.log(x[column.batch]!) * Math.log(x[column.fraction]!) - 0.1 * Math.log(x[column.batch]!) ** 2,
    ),
  interpolation: (x) => 0.001 + 0.003 * x[column.batch]! + 0.002 / x[column.fraction]!,
  "gaussian-process": (x) => 0.01 * x[column.batch]! ** 0.8 * (1.5 + Math.sin(2 * Math.log(x[column.fraction]!))),
};
const amdahlLaw = families.amdahl!;
const tolerances: Readonly<Record<string, number>> = { "gaussian-process": 0.05 };

/** Configurations between those of the grid. */
const between = [row(0.5, 3), row(0.375, 2), row(0.9, 6)];
const entries = Object.entries(models);

describe("the shelf of models", () => {
  it("names every model as the model names itself", () => {
    expect(entries.map(([name]) => name)).toEqual(entries.map(([, model]) => model.name));
    expect(Object.keys(families)).toEqual(entries.map(([name]) => name));
  });

  it.each(entries)("%s recovers a law of its own family, also between the rows", (name, model) => {
    const X = grid();
    const law = families[name]!;
    const parameters = model.fit(X, X.map(law), contextFor(X));
    const predict = model.prepare(parameters);
    for (const x of [...X, ...between]) {
      expect(Math.abs(Math.log(predict(x) / law(x)))).toBeLessThan(tolerances[name] ?? 1e-6);
    }
  });

  it.each(entries)("%s predicts bit for bit the same after saving and reading back", (_, model) => {
    const X = grid();
    const random = seededRandom(1);
    const y = X.map((x) => amdahlLaw(x) * Math.exp(0.1 * random.normal()));
    const parameters = model.fit(X, y, contextFor(X));
    const read = JSON.parse(JSON.stringify(parameters));
    expect(read).toEqual(parameters);
    expect(model.predict(read, [...X, ...between])).toEqual(model.predict(parameters, [...X, ...between]));
  });

  it.each(entries)("%s is not changed by scaling the targets, but for their scale", (_, model) => {
    const X = grid();
    const random = seededRandom(2);
    const y = X.map((x) => amdahlLaw(x) * Math.exp(0.05 * random.normal()));
    const once = model.predict(model.fit(X, y, contextFor(X)), between);
    const scaled = model.fit(
      X,
      y.map((value) => value * 1000),
      contextFor(X),
    );
    for (const [i, value] of model.predict(scaled, between).entries()) {
      expect(value / once[i]!).toBeCloseTo(1000, 3);
    }
  });

  it.each(entries)("%s multiplies by a factor for the power mode", (_, model) => {
    const slower = 1.7;
    const X = grid().flatMap((x) => [
      [...x, 0],
      [...x, Math.log(2)],
    ]);
    const y = X.map((x) => amdahlLaw(x) * (x[4] === 0 ? 1 : slower));
    const predict = model.prepare(model.fit(X, y, contextFor(X)));
    const ratio = predict([...row(0.5, 4), Math.log(2)]) / predict([...row(0.5, 4), 0]);
    expect(ratio).toBeCloseTo(slower, 1);
  });

  it.each(entries)("%s copes with a single share, and with a single batch", (_, model) => {
    for (const X of [[1, 2, 4, 8, 16].map((b) => row(0.5, b)), [0.2, 0.4, 0.6, 0.8, 1].map((s) => row(s, 4))]) {
      const parameters = model.fit(X, X.map(amdahlLaw), contextFor(X));
      const errors = model.predict(parameters, X).map((value, i) => Math.abs(Math.log(value / amdahlLaw(X[i]!))));
      expect(Math.max(...errors)).toBeLessThan(0.4);
    }
  });

  it.each(entries)("%s stays positive and finite far outside its rows", (_, model) => {
    const X = grid();
    const predict = model.prepare(model.fit(X, X.map(amdahlLaw), contextFor(X)));
    for (const x of [row(1e-6, 1), row(1, 1e6), row(1e-6, 1e6)]) {
      expect(predict(x)).toBeGreaterThan(0);
      expect(predict(x)).toBeLessThan(1e61);
    }
  });

  it.each(entries)("%s refuses parameters that are not its own", (_, model) => {
    expect(() => model.prepare({ unheard: "of" })).toThrow(InputError);
    expect(() => model.prepare({ unheard: "of" })).toThrow(/cannot be read.*fit the profile again/);
  });

  it.each(["linear", "quadratic", "gaussian-process"])("%s declines rows that cannot determine it", (name) => {
    const X = [row(0.5, 1), row(1, 4), row(0.25, 2)];
    expect(models[name]!.fit(X, [1, 2, 3], contextFor(X))).toBeNull();
  });
});
