import type { Bytes, Fraction, Hertz, Watts } from "@partitune/schema";

/** What one line of tegrastats says. Undefined or empty where it does not say it. */
export interface TegrastatsLine {
  readonly memoryUsedBytes: Bytes | undefined;
  readonly memoryTotalBytes: Bytes | undefined;
  readonly swapUsedBytes: Bytes | undefined;
  /** Core by core: load and clock; undefined for one that is offline. */
  readonly cores: readonly ({ readonly load: Fraction; readonly hertz: Hertz | undefined } | undefined)[];
  readonly memoryHertz: Hertz | undefined;
  readonly gpuBusy: Fraction | undefined;
  readonly gpuHertz: Hertz | undefined;
  /** Zone → °C; zones of parts that are switched off are left out. */
  readonly temperatures: ReadonlyMap<string, number>;
  /** Rail → power now; the average that stands behind it is of the program's own making, since it began. */
  readonly watts: ReadonlyMap<string, Watts>;
}

const megabyte = 2 ** 20;
/** A part of the chip that is switched off shows this. */
const switchedOff = -256;

/**
 * A line of tegrastats, of releases 28 to 36:
 *
 *     RAM 613/3964MB (lfb 634x4MB) SWAP 0/1982MB (cached 0MB) CPU [2%@102,1%@102,off,off] EMC_FREQ 7%@408 GR3D_FREQ 0%@76 PLL@39C POM_5V_IN 900/943
 *     RAM 2487/30588MB (lfb 6x4MB) CPU [1%@729,off] EMC_FREQ 0%@2133 GR3D_FREQ 12%@[611,0] cpu@42.5C tj@42.5C VDD_GPU_SOC 2340mW/2340mW
 *
 * A date may stand in front. Older releases give power in mW without saying so, and one engine's clock without brackets.
 *
 * @returns undefined when the line is of another program
 * @see NVIDIA Jetson Linux Developer Guide, "tegrastats Utility"
 */
export function parseTegrastats(line: string): TegrastatsLine | undefined {
  const memory = /\bRAM (\d+)\/(\d+)MB/.exec(line);
  const cores = /\bCPU \[([^\]]*)\]/.exec(line)?.[1];
  if (memory === null && cores === undefined) return undefined;
  const swap = /\bSWAP (\d+)\/\d+MB/.exec(line)?.[1];
  const gpu = /\bGR3D_FREQ (\d+)%(?:@\[?(\d+))?/.exec(line);
  return {
    memoryUsedBytes: scaled(memory?.[1], megabyte),
    memoryTotalBytes: scaled(memory?.[2], megabyte),
    swapUsedBytes: scaled(swap, megabyte),
    cores: (cores ?? "").split(",").filter(Boolean).map(parseCore),
    memoryHertz: scaled(/\bEMC_FREQ \d+%@(\d+)/.exec(line)?.[1], 1e6),
    gpuBusy: scaled(gpu?.[1], 0.01),
    gpuHertz: scaled(gpu?.[2], 1e6),
    temperatures: new Map(
      [...line.matchAll(/\b([A-Za-z]\w*)@(-?[\d.]+)C\b/g)]
        .map(([, zone, degrees]) => [zone!, Number(degrees)] as const)
        .filter(([, degrees]) => degrees > switchedOff),
    ),
    watts: new Map(
      [...line.matchAll(/ ([A-Z][A-Z0-9_]*) (\d+)(mW)?\/\d+(?:mW)?(?= |$)/g)]
        .filter(([, rail]) => rail !== "NC")
        .map(([, rail, milliwatts]) => [rail!, Number(milliwatts) / 1e3]),
    ),
  };
}

function parseCore(text: string) {
  const [, percent, megahertz] = /^(\d+)%(?:@(\d+))?$/.exec(text.trim()) ?? [];
  return percent === undefined ? undefined : { load: Number(percent) / 100, hertz: scaled(megahertz, 1e6) };
}

function scaled(text: string | undefined, unit: number): number | undefined {
  return text === undefined ? undefined : Number(text) * unit;
}
