import { z } from "zod";
import { fileKindNames, fileKinds } from "./fileKinds.ts";

/**
 * The JSON Schema of every kind of file, for editors: they check a file against it and show what a field means.
 *
 * @returns file name → its text, as it stands in `json/`
 */
export function jsonSchemas(): ReadonlyMap<string, string> {
  return new Map(fileKindNames.map((kind) => [`${kind}.schema.json`, `${JSON.stringify(schemaOf(kind), null, 2)}\n`]));
}

function schemaOf(kind: (typeof fileKindNames)[number]) {
  const { schema, title } = fileKinds[kind];
  const { $schema, properties, ...rest } = z.toJSONSchema(schema, { io: "input", override: withoutReadOnly });
  const link = { type: "string", description: "where the editor finds this schema" };
  return { $schema, title, ...rest, properties: { $schema: link, ...properties } };
}

/** Read-only is a matter of our types; in an editor it would say that the user must not write the field. */
function withoutReadOnly({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  delete jsonSchema.readOnly;
}
