import { z } from "zod";
import { dot } from "./dot.ts";
import { column, type FeatureRow, firstSetting } from "./features.ts";
import { defineModel, type Model } from "./model.ts";
import { weightedLeastSquares } from "./weightedLeastSquares.ts";

/**
 * A model that is linear in log y: multivariate linear regression on columns made from log share and log batch, with one more column per
 * setting and an intercept.
 *
 * @param expand  the columns for a log share and a log batch
 */
export function logLinear(
  name: string,
  summary: string,
  expand: (logFraction: number, logBatch: number) => readonly number[],
): Model {
  const columnsOf = (row: FeatureRow) => [
    1,
    ...expand(Math.log(row[column.fraction]), Math.log(row[column.batch])),
    ...row.slice(firstSetting),
  ];
  return defineModel({
    name,
    summary,
    parameters: z.object({ coefficients: z.array(z.number()) }),
    fit: (X, y, { weights }) => {
      const rows = X.map(columnsOf);
      if (countVarying(rows) >= rows.length) return null;
      return { coefficients: weightedLeastSquares(rows, y.map(Math.log), weights) };
    },
    prepare:
      ({ coefficients }) =>
      (row) =>
        Math.exp(dot(columnsOf(row), coefficients)),
  });
}

function countVarying(rows: readonly (readonly number[])[]): number {
  return rows[0].filter((value, j) => rows.some((row) => row[j] !== value)).length;
}
