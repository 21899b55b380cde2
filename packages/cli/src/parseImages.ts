/**
 * Container images as given on the command line: `workload=image` for one workload, `image` for all others, which then stands under `*`. No reference of
 * an image has an equals sign, so the last one ends the workload's name.
 *
 * @example parseImages(["example/server:1", "bert=example/bert:2"])  // { "*": "example/server:1", bert: "example/bert:2" }
 */
export function parseImages(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.lastIndexOf("=");
      return at < 0 ? ["*", text] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
