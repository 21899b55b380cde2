import { InputError } from "@partitune/schema";

/**
 * Cards of the machine as a user names them, checked.
 *
 * @throws InputError when there is none, one is named by neither its index nor its UUID, or twice
 */
export function checkedGpus(gpus: readonly string[]): readonly string[] {
  const wrong = gpus.find((gpu, i) => !/^(?:\d{1,3}|GPU-[0-9A-Fa-f-]{8,40})$/.test(gpu) || gpus.indexOf(gpu) !== i);
  if (wrong === undefined && gpus.length > 0) return gpus;
  throw new InputError({
    what: `GPU "${wrong ?? ""}"`,
    problem: "is neither an index nor a UUID, or is named twice",
    advice: "nvidia-smi -L lists both, such as 0 or GPU-2d5a1f6e-…",
  });
}
