/** A plan could not be deployed: in which step, and why, one reason a line. */
export class DeploymentFailure extends Error {
  override readonly name = "DeploymentFailure";
  readonly step: "emit" | "check" | "start" | "stop";
  readonly reasons: readonly string[];

  constructor(step: DeploymentFailure["step"], problem: string, reasons: readonly string[]) {
    super([problem, ...reasons].join("\n  "));
    this.step = step;
    this.reasons = reasons;
  }
}
