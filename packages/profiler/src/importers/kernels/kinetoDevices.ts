import type { KinetoDevice } from "./kinetoRecords.ts";

/** The value of `deviceProperties` → devices; none when it says nothing of them. */
export function kinetoDevices(json: string): readonly KinetoDevice[] {
  let list: unknown;
  try {
    list = JSON.parse(json);
  } catch {
    return [];
  }
  if (!Array.isArray(list)) return [];
  return list.flatMap((entry: unknown, position) => {
    if (typeof entry !== "object" || entry === null) return [];
    const { id, name, numSms } = entry as Readonly<Record<string, unknown>>;
    return {
      id: typeof id === "number" ? id : position,
      name: typeof name === "string" && name !== "" ? name : null,
      multiprocessors: typeof numSms === "number" && Number.isInteger(numSms) && numSms > 0 ? numSms : null,
    };
  });
}
