// Writes json/*.schema.json from the zod schemas: `npm run generate`.
import { join } from "node:path";
import { jsonSchemas } from "./jsonSchemas.ts";
import { writeFileAtomically } from "./writeFileAtomically.ts";

const folder = join(import.meta.dirname, "..", "json");
for (const [name, text] of jsonSchemas()) writeFileAtomically(join(folder, name), [text]);
