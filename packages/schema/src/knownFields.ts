import type { z } from "zod";

/**
 * The fields that a schema allows in the object at a path of a value; of a union, those of the form the value names.
 *
 * @param path  keys and indices from the root, as in zod's issues
 * @returns empty when the path leads to no object
 */
export function knownFields(schema: z.core.$ZodType, value: unknown, path: readonly PropertyKey[]): readonly string[] {
  const inner = unwrap(schema, value);
  const step = path[0];
  if (step === undefined) return inner.type === "object" ? Object.keys(inner.shape) : [];
  const next = child(inner, step);
  const nextValue = typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined;
  return next === undefined ? [] : knownFields(next, nextValue, path.slice(1));
}

type Definition = z.core.$ZodTypes["_zod"]["def"];

/** Looks through everything that adds no level: optional, nullable, read-only, default, and the union's chosen form. */
function unwrap(schema: z.core.$ZodType, value: unknown): Definition {
  const definition = (schema as z.core.$ZodTypes)._zod.def;
  switch (definition.type) {
    case "optional":
    case "nullable":
    case "readonly":
    case "default":
      return unwrap(definition.innerType, value);
    case "union": {
      const form = chosenForm(definition as z.core.$ZodDiscriminatedUnionDef, value);
      return form === undefined ? definition : unwrap(form, value);
    }
    default:
      return definition;
  }
}

function chosenForm(union: z.core.$ZodDiscriminatedUnionDef, value: unknown): z.core.$ZodType | undefined {
  const key = union.discriminator;
  if (key === undefined || typeof value !== "object" || value === null) return undefined;
  const tag = Reflect.get(value, key);
  return (union.options as readonly z.core.$ZodType[]).find((option) => option._zod.propValues?.[key]?.has(tag));
}

function child(definition: Definition, step: PropertyKey): z.core.$ZodType | undefined {
  switch (definition.type) {
    case "object":
      return definition.shape[String(step)];
    case "array":
      return definition.element;
    case "tuple":
      return definition.items[Number(step)];
    case "record":
      return definition.valueType;
    default:
      return undefined;
  }
}
