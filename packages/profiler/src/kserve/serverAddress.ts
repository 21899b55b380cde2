import { InputError } from "@partitune/schema";

/** Where a server is. */
export interface ServerAddress {
  readonly origin: string;
  /** What stands before `/v2` in every path; empty for most. */
  readonly prefix: string;
  /** How it is called in messages: what could be secret is left out. */
  readonly label: string;
}

/** The variable that holds what is sent as the header `authorization`: a secret belongs into no file and no command line. */
export const authorizationVariable = "PARTITUNE_KSERVE_AUTHORIZATION";

/**
 * Reads the base address of a server. No error repeats credentials.
 *
 * @throws InputError when it is no address of HTTP, or holds credentials, which would be written into every profile
 */
export function serverAddress(url: string): ServerAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    throw new InputError({
      what: "the address of the server",
      problem: "is no address of HTTP",
      advice: "write it as http://HOST:PORT or https://HOST:PORT",
    });
  }
  const prefix = parsed.pathname.replace(/\/+$/, "");
  const address = { origin: parsed.origin, prefix, label: `${parsed.origin}${prefix}` };
  if (parsed.username !== "" || parsed.password !== "")
    throw refuse(
      address,
      "holds credentials, which would be written into the profile",
      `remove them, and give "Basic …" or "Bearer …" in the variable ${authorizationVariable}`,
    );
  if (parsed.search !== "" || parsed.hash !== "")
    throw refuse(address, "has a query or a fragment", "end it before the question mark");
  return address;
}

function refuse({ label }: ServerAddress, problem: string, advice: string): InputError {
  return new InputError({ what: `server "${label}"`, problem, advice });
}
