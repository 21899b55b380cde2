/**
 * A value as JSON text that depends on nothing but its content: keys sorted by UTF-16 code units, no spaces, numbers in
 * their shortest form. Two values with equal text are equal data, so the text can be hashed.
 *
 * Fields that are `undefined` are left out, as `JSON.stringify` does.
 *
 * @throws RangeError when the value holds NaN, an infinity, or something JSON has no form for (a function, a date, a typed array)
 * @see RFC 8785, JSON Canonicalization Scheme
 * @example canonicalJson({ b: 1, a: [true, "x"] })  // '{"a":[true,"x"],"b":1}'
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return finite(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(",")}]`;
  if (isPlain(value)) return object(value);
  throw new RangeError(`${Object.prototype.toString.call(value)} has no JSON form; convert it first`);
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function finite(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`${value} has no JSON form; use null`);
  return JSON.stringify(value);
}

function object(value: Readonly<Record<string, unknown>>): string {
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  return `{${keys
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`)
    .join(",")}}`;
}
