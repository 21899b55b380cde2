import { InputError, type Seconds } from "@partitune/schema";

/**
 * Context switch of an accelerator that serves contexts in turn, from how long the same kernel takes alone and together with others:
 * θ = (E_v − v E_1)/(v E_1) · L.
 *
 * @param aloneSeconds  E_1 > 0
 * @param together  v ≥ 2 of them at a time, and when the last one ended: E_v
 * @param sliceSeconds  L > 0
 * @throws InputError when v together took less than v one after another: then they ran side by side, not in turn
 * @see Wang, Liu, Wong, Kim, GCAPS (ECRTS 2024), equation 15
 * @example estimateSwitch(1, { kernels: 2, seconds: 2.4 }, 1e-3)  // 0.2 ms
 */
export function estimateSwitch(
  aloneSeconds: Seconds,
  together: { readonly kernels: number; readonly seconds: Seconds },
  sliceSeconds: Seconds,
): Seconds {
  const { kernels, seconds } = together;
  const refuse = (what: string, problem: string, advice: string): never => {
    throw new InputError({ what, problem, advice });
  };
  if (!(aloneSeconds > 0 && Number.isFinite(aloneSeconds)))
    refuse("time of a kernel alone", `must be above 0 s, got ${aloneSeconds}`, "measure it");
  if (!(sliceSeconds > 0 && Number.isFinite(sliceSeconds)))
    refuse("time slice", `must be above 0 s, got ${sliceSeconds}`, "drivers use about 0.001 s");
  if (!(Number.isInteger(kernels) && kernels >= 2))
    refuse("number of kernels together", `must be a whole number from 2, got ${kernels}`, "run several at a time");
  const inTurn = kernels * aloneSeconds;
  if (!(seconds >= inTurn && Number.isFinite(seconds)))
    refuse(
      `${kernels} kernels together`,
      `took ${seconds} s, less than the ${inTurn} s of one after another`,
      "use kernels that fill the accelerator, and measure again",
    );
  return ((seconds - inTurn) / inTurn) * sliceSeconds;
}
