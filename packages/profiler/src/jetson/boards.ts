/** How the power of a whole board follows from its rails. */
export interface BoardPower {
  /** What the total covers: the module alone, or the carrier board too. */
  readonly scope: "module" | "board";
  /**
   * `input`: one rail measures it; of several names, whichever the release gives it. `sum`: these, added up; all of them are needed.
   */
  readonly total:
    | { readonly kind: "input"; readonly rails: readonly string[] }
    | { readonly kind: "sum"; readonly rails: readonly string[] };
  /** Rails that another one feeds: they are part of it, and adding them would count them twice. Rails not named here stand beside the total. */
  readonly parts: Readonly<Record<string, string>>;
}

/** What is known of a kind of module beside what it tells itself. */
export interface KnownBoard {
  readonly name: string;
  /** Part numbers in `/proc/device-tree/compatible`, such as `p3701-0005`. */
  readonly modules: readonly string[];
  /** Names in `/proc/device-tree/model`, for releases that give no part number. */
  readonly models: RegExp;
  readonly processor: string;
  readonly multiprocessors: number;
  readonly power: BoardPower;
}

/**
 * The rails of an AGX Orin module: no channel measures its input. The memory's rail is read at the 5 V of `VIN_SYS_5V0` and newer releases no longer
 * list it, hence it is taken as part of that rail: our inference, worth about 3 % of the total under load.
 */
const agxOrin: BoardPower = {
  scope: "module",
  total: { kind: "sum", rails: ["VDD_GPU_SOC", "VDD_CPU_CV", "VIN_SYS_5V0"] },
  parts: { VDDQ_VDD2_1V8AO: "VIN_SYS_5V0" },
};

/** Modules with one channel at their input; what the others leave out is memory and interfaces. */
const moduleInput: BoardPower = {
  scope: "module",
  total: { kind: "input", rails: ["VDD_IN"] },
  parts: { VDD_CPU_GPU_CV: "VDD_IN", VDD_CPU_GPU: "VDD_IN", VDD_SOC: "VDD_IN" },
};

/**
 * Modules by what they call themselves, the more particular first.
 *
 * Sources: NVIDIA Jetson Linux Developer Guide, "Platform Power and Performance" (rails, modes); NVIDIA's device trees in Linux (channels and their
 * names); data sheets (multiprocessors); jetson_stats issues 51 and 344 and pull request 900 (which rails make a total).
 */
export const knownBoards: readonly KnownBoard[] = [
  {
    name: "AGX Orin 32GB",
    modules: ["p3701-0004"],
    models: /AGX Orin.*32 ?GB/i,
    processor: "Tegra234, 8 × Cortex-A78AE, 1792-core Ampere GPU",
    multiprocessors: 14,
    power: agxOrin,
  },
  {
    name: "AGX Orin",
    modules: ["p3701-0000", "p3701-0002", "p3701-0005", "p3701-0008"],
    models: /AGX Orin/i,
    processor: "Tegra234, 12 × Cortex-A78AE, 2048-core Ampere GPU",
    multiprocessors: 16,
    power: agxOrin,
  },
  {
    name: "Orin NX",
    modules: ["p3767-0000", "p3767-0001", "p3767-0002"],
    models: /Orin NX/i,
    processor: "Tegra234, Cortex-A78AE, 1024-core Ampere GPU",
    multiprocessors: 8,
    power: moduleInput,
  },
  {
    name: "Orin Nano 4GB",
    modules: ["p3767-0004"],
    models: /Orin Nano.*4 ?GB/i,
    processor: "Tegra234, 6 × Cortex-A78AE, 512-core Ampere GPU",
    multiprocessors: 4,
    power: moduleInput,
  },
  {
    name: "Orin Nano 8GB",
    modules: ["p3767-0003", "p3767-0005"],
    models: /Orin Nano/i,
    processor: "Tegra234, 6 × Cortex-A78AE, 1024-core Ampere GPU",
    multiprocessors: 8,
    power: moduleInput,
  },
  {
    name: "Xavier NX",
    modules: ["p3668-0000", "p3668-0001", "p3668-0003"],
    models: /Xavier NX/i,
    processor: "Tegra194, 6 × Carmel, 384-core Volta GPU",
    multiprocessors: 6,
    power: moduleInput,
  },
  {
    name: "AGX Xavier",
    modules: ["p2888-0001", "p2888-0004", "p2888-0005"],
    models: /AGX Xavier|^Jetson-AGX$/i,
    processor: "Tegra194, 8 × Carmel, 512-core Volta GPU",
    multiprocessors: 8,
    power: {
      scope: "module",
      total: { kind: "sum", rails: ["GPU", "CPU", "SOC", "CV", "VDDRQ", "SYS5V"] },
      parts: {},
    },
  },
  {
    name: "AGX Thor",
    modules: ["p3834-0008"],
    models: /AGX Thor/i,
    processor: "Tegra264, 14 × Neoverse-V3AE, 2560-core Blackwell GPU",
    multiprocessors: 20,
    power: { scope: "board", total: { kind: "input", rails: ["VIN"] }, parts: {} },
  },
  {
    name: "TX2",
    modules: ["p3310-1000", "p3489-0000", "p3489-0888", "p3636-0001"],
    models: /TX2|^quill$/i,
    processor: "Tegra186, 2 × Denver 2 and 4 × Cortex-A57, 256-core Pascal GPU",
    multiprocessors: 2,
    power: {
      scope: "module",
      total: { kind: "input", rails: ["POM_5V_IN", "VDD_IN"] },
      parts: {
        ...Object.fromEntries(
          ["GPU", "CPU", "SOC", "DDR", "WIFI"].flatMap((part) => [
            [`VDD_${part}`, "VDD_IN"],
            [`VDD_SYS_${part}`, "VDD_IN"],
          ]),
        ),
        VDD_4V0_WIFI: "VDD_IN",
        POM_5V_GPU: "POM_5V_IN",
        POM_5V_CPU: "POM_5V_IN",
      },
    },
  },
  {
    name: "Nano",
    modules: ["p3448-0000", "p3448-0002", "p3448-0003"],
    models: /Jetson Nano/i,
    processor: "Tegra210, 4 × Cortex-A57, 128-core Maxwell GPU",
    multiprocessors: 1,
    power: {
      scope: "module",
      total: { kind: "input", rails: ["POM_5V_IN"] },
      parts: { POM_5V_GPU: "POM_5V_IN", POM_5V_CPU: "POM_5V_IN" },
    },
  },
];
