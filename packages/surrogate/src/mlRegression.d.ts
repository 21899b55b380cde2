/** The part of ml-regression that is used; the package ships no declarations. */
declare module "ml-regression" {
  interface Regression<Saved> {
    predict(x: number): number;
    toJSON(): Saved;
  }
  interface RegressionClass<Saved> {
    new (x: readonly number[], y: readonly number[]): Regression<Saved>;
    load(saved: Saved): Regression<Saved>;
  }

  export type SavedPower = {
    name: string;
    A: number;
    B: number;
  };
  export const PowerRegression: RegressionClass<SavedPower>;

  export type SavedExponential = {
    name: string;
    A: number;
    B: number;
  };
  export const ExponentialRegression: RegressionClass<SavedExponential>;

  export type SavedTheilSen = {
    name: string;
    slope: number;
    intercept: number;
  };
  export const TheilSenRegression: RegressionClass<SavedTheilSen>;

  export type SavedPolynomial = {
    name: string;
    degree: number;
    powers: number[];
    coefficients: number[];
  };
  export const PolynomialRegression: {
    new (x: readonly number[], y: readonly number[], degree: number): Regression<SavedPolynomial>;
    load(saved: SavedPolynomial): Regression<SavedPolynomial>;
  };

  export class MultivariateLinearRegression {
    constructor(
      x: readonly (readonly number[])[],
      y: readonly (readonly number[])[],
      options: { readonly intercept: boolean; readonly statistics: boolean },
    );
    /** One row per input, the intercept last; one column per output. */
    readonly weights: readonly (readonly number[])[];
  }
}
