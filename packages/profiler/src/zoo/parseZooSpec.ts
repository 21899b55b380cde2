import { InputError } from "@partitune/schema";
import { type ZooName, zooNetworks } from "./networks/index.ts";

/** A network of the zoo in one size. */
export interface ZooSpec {
  readonly name: ZooName;
  readonly size: number;
}

const prefix = "zoo:";

/** True when a model is named as one of the zoo rather than as a file. */
export function isZooSpec(model: string): boolean {
  return model.startsWith(prefix);
}

/**
 * The network that a text such as "zoo:resnet18" or "zoo:vgg16@112" names.
 *
 * @throws InputError when there is no such network or it does not come in this size
 */
export function parseZooSpec(model: string): ZooSpec {
  return parseSpec(model, zooNetworks);
}

/** The one size that a network can be asked for in. */
interface Sized {
  readonly size: { readonly meaning: string; readonly default: number; readonly least: number; readonly most: number };
}

/**
 * The same for another zoo.
 *
 * @param networks  by the name used after "zoo:"
 */
export function parseSpec<Name extends string>(
  model: string,
  networks: Readonly<Record<Name, Sized>>,
): { readonly name: Name; readonly size: number } {
  const [name = "", sizeText, ...rest] = model.slice(isZooSpec(model) ? prefix.length : 0).split("@");
  if (!isZooSpec(model) || !isNameIn(networks, name) || rest.length > 0) {
    throw new InputError({
      what: `model "${model}"`,
      problem: "is not a network of the zoo",
      advice: `choose one of ${Object.keys(networks)
        .map((each) => `"${prefix}${each}"`)
        .join(", ")}`,
    });
  }
  const { size } = networks[name];
  const asked = sizeText === undefined ? size.default : Number(/^\d{1,6}$/.test(sizeText) ? sizeText : Number.NaN);
  if (asked >= size.least && asked <= size.most) return { name, size: asked };
  throw new InputError({
    what: `model "${model}"`,
    problem: `asks for a size of "${sizeText}"; the size is the ${size.meaning}, ${size.least} to ${size.most}`,
    advice: `write "${prefix}${name}@${size.default}"`,
  });
}

/** A network of the zoo as the text that names it. */
export function formatZooSpec(spec: ZooSpec): string {
  return `${prefix}${spec.name}@${spec.size}`;
}

function isNameIn<Name extends string>(networks: Readonly<Record<Name, Sized>>, name: string): name is Name {
  return Object.hasOwn(networks, name);
}
