/** The part of jstat that is used; the package ships no declarations. */
declare module "jstat" {
  const jStat: {
    readonly beta: { inv(p: number, alpha: number, beta: number): number };
    readonly normal: { inv(p: number, mean: number, sd: number): number };
    readonly studentt: { cdf(x: number, dof: number): number; inv(p: number, dof: number): number };
  };
  export = jStat;
}
