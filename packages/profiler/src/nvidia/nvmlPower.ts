import type { Reading } from "../meters/reading.ts";
import { type PowerReading, plainPower } from "./choosePower.ts";
import type { PowerScope } from "./energyScope.ts";
import { bytesOf, callOn, get, type NvmlDevice } from "./nvmlCalls.ts";
import { nvmlCode, nvmlWords } from "./nvmlErrors.ts";

/** `nvmlFieldValue_t`: field, scope, timestamp, latency, type, code, value. */
const fieldBytes = 40;
const at = { field: 0, scope: 4, type: 24, code: 28, value: 32 } as const;

/** `NVML_FI_DEV_TOTAL_ENERGY_CONSUMPTION`, `NVML_FI_DEV_POWER_AVERAGE`, `NVML_FI_DEV_POWER_INSTANT`. */
const fields = { energy: 83, average: 185, instant: 186 } as const;
type Field = keyof typeof fields;

/** Scopes of the power fields: the card, or the module with its processor. */
const scopes: Readonly<Record<PowerScope, number>> = { gpu: 0, module: 1 };

/** Power, W, by each of a card's readings, and its energy counter, J. */
export interface NvmlPower {
  read(): Readonly<Record<PowerReading, Reading>>;
  energy(): Reading;
}

/** Reads power and energy of a card again and again, into memory that is kept. */
export function nvmlPower(device: NvmlDevice, computeCapability: string | null, scope: PowerScope): NvmlPower {
  const plainIs = plainPower(computeCapability);
  const [number, wide] = [new Uint32Array(1), new BigUint64Array(1)];
  const [numberBytes, wideBytes] = [bytesOf(number), bytesOf(wide)];
  const both = fieldReader(device, ["average", "instant"], scope);
  const counter = fieldReader(device, ["energy"], "gpu");
  const readPlain = (): Reading => get(device, "power", [numberBytes], () => number[0]! / 1e3);
  // The plain reading is that of the card alone.
  const plainCounts = scope === "gpu";
  return {
    read() {
      const [average, instant] = both() as [Reading, Reading];
      const needed = plainCounts && (average.value === null || instant.value === null);
      const plain: Reading = needed ? readPlain() : { value: null, reason: "power is read by name" };
      const byName = (name: "average" | "instant", reading: Reading) =>
        reading.value === null && plain.value !== null && plainIs === name ? plain : reading;
      return { average: byName("average", average), instant: byName("instant", instant), plain };
    },
    energy() {
      const direct: Reading = get(device, "energy", [wideBytes], () => Number(wide[0]!) / 1e3);
      return direct.value === null && direct.reason === nvmlWords(nvmlCode.functionNotFound) ? counter()[0]! : direct;
    },
  };
}

/** Reads fields in one call; values in thousandths. */
function fieldReader(device: NvmlDevice, names: readonly Field[], scope: PowerScope): () => readonly Reading[] {
  const view = new DataView(new ArrayBuffer(names.length * fieldBytes));
  const bytes = bytesOf(view);
  return () => {
    for (const [i, name] of names.entries()) {
      view.setUint32(i * fieldBytes + at.field, fields[name], true);
      view.setUint32(i * fieldBytes + at.scope, scopes[scope], true);
    }
    const code = callOn(device, "fields", names.length, bytes);
    return names.map((_, i): Reading => {
      const own = code === nvmlCode.success ? view.getInt32(i * fieldBytes + at.code, true) : code;
      return own === nvmlCode.success ? fieldValue(view, i * fieldBytes) : { value: null, reason: nvmlWords(own) };
    });
  };
}

/** `nvmlValueType_t`: double, unsigned, unsigned long, unsigned long long, long long, int, unsigned short. */
function fieldValue(view: DataView, start: number): Reading {
  const type = view.getInt32(start + at.type, true);
  const value = start + at.value;
  const read: Readonly<Record<number, () => number>> = {
    0: () => view.getFloat64(value, true),
    1: () => view.getUint32(value, true),
    2: () => Number(view.getBigUint64(value, true)),
    3: () => Number(view.getBigUint64(value, true)),
    4: () => Number(view.getBigInt64(value, true)),
    5: () => view.getInt32(value, true),
    6: () => view.getUint16(value, true),
  };
  const number = read[type]?.();
  return number === undefined ? { value: null, reason: `a value of unknown type ${type}` } : { value: number / 1e3 };
}
