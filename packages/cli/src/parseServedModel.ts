import { type Engine, InputError } from "@partitune/schema";

/** Where a model is served, and by which name. */
export type ServedModel = Omit<Extract<Engine, { readonly engine: "kserve" }>, "engine" | "shapes">;

/**
 * A model by its address: `http://localhost:8000/resnet50`, with its version `http://localhost:8000/resnet50/versions/2`, or as the
 * protocol itself writes it, `http://localhost:8000/v2/models/resnet50`.
 *
 * @throws InputError when it is no address of http or https, or names no model
 */
export function parseServedModel(text: string): ServedModel {
  const { base, model, version } = address.exec(text)?.groups ?? {};
  if (base === undefined || model === undefined || !URL.canParse(base)) {
    throw new InputError({
      what: `model "kserve:${withoutCredentials(text)}"`,
      problem: "is no address of a served model",
      advice: "write kserve:http://HOST:PORT/MODEL, with /versions/N behind it for one of its versions",
    });
  }
  const name = decode(model, text);
  return { url: base, model: name, ...(version === undefined ? {} : { modelVersion: decode(version, text) }) };
}

/** Credentials are refused where they are used; no message repeats them. */
function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/]*@/u, "//");
}

const address =
  /^(?<base>https?:\/\/[^/?#]+(?:\/[^?#]*?)??)(?:\/v2\/models)?\/(?<model>[^/?#]+)(?:\/versions\/(?<version>[^/?#]+))?\/?$/u;

function decode(part: string, text: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new InputError({
      what: `model "kserve:${withoutCredentials(text)}"`,
      problem: `has "${part}", in which a percent sign begins no character`,
      advice: "write %25 for a percent sign",
    });
  }
}
