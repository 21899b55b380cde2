import { readdirSync, readFileSync } from "node:fs";
import { fileKindNames } from "@partitune/schema";
import { describe, expect, test } from "vitest";
import { jsonSchemas } from "../../packages/schema/src/jsonSchemas.ts";

const folder = new URL("../../packages/schema/json/", import.meta.url);

describe("jsonSchemas", () => {
  test.each([...jsonSchemas()])("%s is up to date; if not, run: npm run generate", (name, text) => {
    expect(readFileSync(new URL(name, folder), "utf8")).toBe(text);
  });

  test("there is one for every kind of file, and no other", () => {
    expect(readdirSync(folder).sort()).toEqual(fileKindNames.map((kind) => `${kind}.schema.json`).sort());
  });

  test("say what fields mean, and let a file link its schema", () => {
    const schema = JSON.parse(jsonSchemas().get("demands.schema.json")!);
    expect(schema.properties.demands.items.properties.ratePerSecond.description).toBe(
      "requests per second that arrive",
    );
    expect(schema.properties).toHaveProperty("$schema");
    expect(schema.additionalProperties).toBe(false);
  });
});
