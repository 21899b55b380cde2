import { InputError, type KernelFillPlan, type KernelTrace } from "@partitune/schema";

/** @throws InputError when not exactly one task is urgent, or a table does not fit its identities */
export function checkKernelFillPlan({ tasks }: KernelFillPlan): void {
  const urgent = tasks.filter(({ role }) => role === "high").length;
  if (urgent !== 1) fail("the plan", `has ${urgent} tasks whose gaps are filled`, "give exactly one the role high");
  for (const { name, identities, hashes, table } of tasks) {
    if (hashes.length !== identities.length)
      fail(`task "${name}"`, `has ${identities.length} identities and ${hashes.length} hashes`, "plan again");
    if (hashes.some((hash, i) => i > 0 && hash <= hashes[i - 1]!))
      fail(`task "${name}"`, "has hashes that do not ascend, so that they cannot be searched", "plan again");
    checkIndices(
      `task "${name}"`,
      table.map(({ identity }) => identity),
      identities.length,
    );
  }
}

/** @throws InputError when an operation is of no identity */
export function checkKernelTrace({ task, identities, steps }: KernelTrace): void {
  for (const step of steps) checkIndices(`trace of "${task}"`, step.identities, identities.length);
}

function checkIndices(what: string, indices: readonly number[], length: number): void {
  const stranger = indices.find((index) => index >= length);
  if (stranger !== undefined) fail(what, `names identity ${stranger} of ${length}`, "make it anew, or correct it");
}

function fail(what: string, problem: string, advice: string): never {
  throw new InputError({ what, problem, advice });
}
