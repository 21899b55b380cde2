import { digest } from "../../planId.ts";

/**
 * DNS labels for texts, one each and no two alike: a text that is a label already stays; any other keeps what is readable of it and gets
 * eight digits of its digest.
 *
 * @param most  characters a name may have, from 20 to 63
 * @see RFC 1123, 2.1; Kubernetes, Object Names and IDs
 * @example uniqueNames(["faces", "Faces!"])  // ["faces", "faces-8d3e7f02"]
 */
export function uniqueNames(texts: readonly string[], most = 63): readonly string[] {
  const taken = new Set<string>();
  return texts.map((text) => {
    const label = labelOf(text, most);
    let name = label;
    for (let again = 1; taken.has(name); again++) name = hashed(text, `${text} ${again}`, most);
    taken.add(name);
    return name;
  });
}

function labelOf(text: string, most: number): string {
  return text.length <= most && /^[a-z](?:[a-z0-9-]*[a-z0-9])?$/.test(text) ? text : hashed(text, text, most);
}

function hashed(text: string, identity: string, most: number): string {
  const readable = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^[^a-z]+/g, "")
    .slice(0, most - 9)
    .replaceAll(/-+$/g, "");
  return `${readable === "" ? "x" : readable}-${digest(identity)}`;
}
