import { stringify } from "yaml";

/**
 * Documents as YAML that every reader takes for the same: all strings in double quotes, so that neither `no` nor `012` nor `1:30` becomes
 * something else in a reader of YAML 1.1, and what is a line break to some of them escaped.
 *
 * @see YAML 1.1, 5.4 (line separators are breaks) and 5.7 (escapes)
 */
export function yamlText(documents: readonly unknown[]): string {
  return documents
    .map((document) =>
      stringify(document, {
        version: "1.1",
        defaultStringType: "QUOTE_DOUBLE",
        defaultKeyType: "PLAIN",
        lineWidth: 0,
        aliasDuplicateObjects: false,
      }),
    )
    .join("---\n")
    .replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
