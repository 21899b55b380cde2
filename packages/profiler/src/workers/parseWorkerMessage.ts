import type { WorkerMessage } from "./protocol.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Per message type: whether the fields that the host relies on are there and sane. */
const checks: Readonly<Record<WorkerMessage["type"], (fields: Fields) => boolean>> = {
  ready: (fields) =>
    isCount(fields.protocol) &&
    typeof fields.engine === "string" &&
    isOptionalPositive(fields.pace) &&
    isOptionalPositive(fields.multiprocessors) &&
    isOptionalDevice(fields.device) &&
    isOptionalTexts(fields.files),
  done: (fields) =>
    isCount(fields.id) &&
    isSize(fields.service_s) &&
    isSizeOrNull(fields.cpu_s) &&
    isSize(fields.end_s) &&
    isOptionalSize(fields.device_s),
  stats: (fields) =>
    isSizeOrNull(fields.cpu_s) &&
    isSizeOrNull(fields.memory_peak_bytes) &&
    isOptionalSize(fields.device_memory_peak_bytes),
  error: (fields) => isErrorCode(fields.code) && typeof fields.message === "string",
};

/** The message on a line of a worker's standard output, or undefined when the line is none. */
export function parseWorkerMessage(line: string): WorkerMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  return isMessage(value) ? value : undefined;
}

function isMessage(value: unknown): value is WorkerMessage {
  if (typeof value !== "object" || value === null) return false;
  const fields = value as Fields;
  const { type } = fields;
  return typeof type === "string" && Object.hasOwn(checks, type) && checks[type as WorkerMessage["type"]](fields);
}

function isSize(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isSizeOrNull(value: unknown): boolean {
  return value === null || isSize(value);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && isSize(value);
}

function isOptionalSize(value: unknown): boolean {
  return value === undefined || isSize(value);
}

function isOptionalPositive(value: unknown): boolean {
  return value === undefined || (isSize(value) && value !== 0);
}

function isOptionalTexts(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every((text) => typeof text === "string"));
}

function isOptionalDevice(value: unknown): boolean {
  return value === undefined || value === "cpu" || value === "cuda";
}

function isErrorCode(value: unknown): boolean {
  return value === "bad-batch" || value === "out-of-memory" || value === "failed";
}
