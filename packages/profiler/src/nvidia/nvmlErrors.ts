/** Return codes of NVML that are told apart here. */
export const nvmlCode = {
  success: 0,
  invalidArgument: 2,
  notSupported: 3,
  noPermission: 4,
  notFound: 6,
  insufficientSize: 7,
  functionNotFound: 13,
  gpuIsLost: 15,
  resetRequired: 16,
} as const;

/** What a return code means, and what cures it. Source: `nvmlReturn_t` of the public header. */
interface NvmlError {
  readonly words: string;
  readonly advice: string;
}

const ask = "see what nvidia-smi says, and the kernel's log (dmesg)";
const reload = "load the driver anew (reboot, or unload and load its kernel modules)";
const notHere = "nothing: this card or driver does not offer it";
const update = "update the driver";

const errors: Readonly<Record<number, NvmlError>> = {
  1: { words: "the library is not initialised", advice: "open the driver again" },
  2: { words: "an argument is out of range", advice: "give a value that the card supports: nvidia-smi -q lists them" },
  3: { words: "not supported by this card", advice: notHere },
  4: { words: "insufficient permission", advice: "run as root, or let an administrator allow it" },
  5: { words: "already initialised", advice: ask },
  6: { words: "not found", advice: "check the card's UUID with nvidia-smi -L" },
  7: { words: "the buffer is too small", advice: "try again" },
  8: { words: "the card's external power cables are not properly attached", advice: "attach them" },
  9: {
    words: "the NVIDIA driver is not loaded",
    advice: "load it: sudo modprobe nvidia; in a container, start it with the GPUs (--gpus all)",
  },
  10: { words: "the driver took too long to answer", advice: ask },
  11: { words: "the kernel found an interrupt problem with a card", advice: ask },
  12: { words: "a shared library of the driver could not be found", advice: "install the driver completely" },
  13: { words: "this version of the driver has no such function", advice: update },
  14: { words: "the card's infoROM is corrupted", advice: ask },
  15: {
    words: "the card has fallen off the bus or cannot be reached any more",
    advice: `${reload}; if it returns, check power and seating`,
  },
  16: {
    words: "the card must be reset before it can be used again",
    advice: "reset it when nothing uses it: sudo nvidia-smi --gpu-reset",
  },
  17: { words: "the operating system reports an error", advice: ask },
  18: {
    words: "the driver's library and its kernel module are of different versions",
    advice: `${reload}: it was updated while it was in use`,
  },
  19: { words: "the card is in use", advice: "stop what uses it: nvidia-smi lists its processes" },
  20: { words: "out of memory", advice: "free memory" },
  21: { words: "there is no data", advice: "try again later" },
  22: { words: "not available while ECC is on", advice: notHere },
  23: { words: "out of a resource other than memory", advice: "stop what uses the card" },
  24: {
    words: "the frequency is not supported",
    advice: "choose one of those that nvidia-smi -q -d SUPPORTED_CLOCKS lists",
  },
  25: { words: "the driver does not know this version of a structure", advice: update },
  26: { words: "the function is no longer supported", advice: update },
  27: { words: "the system is not ready for the request", advice: "try again later" },
  28: { words: "there is no NVIDIA card", advice: "check that the card is seen: lspci" },
  29: { words: "the card is not in a state in which this can be done", advice: ask },
  30: { words: "this kind of reset is not supported", advice: notHere },
  999: { words: "an internal error of the driver", advice: ask },
};

/** A return code in words, with its number. */
export function nvmlWords(code: number): string {
  return `${errors[code]?.words ?? "an error that is not documented"} (NVML error ${code})`;
}

/** What to do about a return code. */
export function nvmlAdvice(code: number): string {
  return errors[code]?.advice ?? ask;
}
