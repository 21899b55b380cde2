import type { FailureCode } from "../executor.ts";

/** Why a request has no answer. */
export interface ServerFailure {
  readonly code: FailureCode;
  readonly message: string;
  /** True when the next request will fare no better: what runs is ended instead of counting failures. */
  readonly final: boolean;
}

const memoryWords =
  /out of memory|\boom\b|bad_alloc|(?:failed|unable|not able) to allocate|alloc(?:ation)? failed|insufficient memory|memoryerror|cudaerrormemoryallocation|cannot allocate memory/i;
const batchWords =
  /batch|unexpected shape|invalid (?:input )?shape|invalid dimension|shape mismatch|wrong shape|expected shape|invalid number of dimensions|too large/i;

/** Statuses by which servers say that the request itself is wrong; some say so with 500. */
const badRequests: readonly number[] = [400, 413, 422, 500];
/** Those that will be said again and again. */
const finalStatuses: readonly number[] = [400, 401, 403, 404, 405, 406, 411, 413, 414, 415, 422, 431, 501, 505];

/**
 * What an answer other than 200 means.
 *
 * @param text  beginning of its body
 * @param location  where a redirect points
 * @param doing  what was asked, for the message
 */
export function failureOfStatus(
  status: number,
  text: string,
  location: string | undefined,
  doing: string,
): ServerFailure {
  const words = wordsOf(text);
  const said = `server answered ${status} ${doing}${words === "" ? "" : `: ${words}`}`;
  if (status >= 300 && status < 400)
    return { code: "failed", message: redirected(status, location, doing), final: true };
  if (memoryWords.test(words)) return { code: "out-of-memory", message: said, final: true };
  if (status === 413 || (badRequests.includes(status) && batchWords.test(words)))
    return { code: "bad-batch", message: said, final: true };
  if (status === 401 || status === 403)
    return {
      code: "failed",
      message: `${said}; give credentials in the variable PARTITUNE_KSERVE_AUTHORIZATION`,
      final: true,
    };
  return { code: "failed", message: said, final: finalStatuses.includes(status) };
}

/** Redirects are not followed: what is measured is the address that was given. */
function redirected(status: number, location: string | undefined, doing: string): string {
  const target = location !== undefined && URL.canParse(location) ? new URL(location).origin : undefined;
  return `server answered ${status} ${doing}: a redirect${target === undefined ? "" : ` to ${target}`}; give the address of the server itself`;
}

const quotedLength = 300;

/** The server's own message: the "error" or "detail" of its JSON, else the beginning of what it wrote, in one line. */
function wordsOf(text: string): string {
  return oneLine(jsonMessage(text) ?? text.replaceAll(/<[^>]*>/g, " "));
}

function oneLine(text: string): string {
  return [...text.replaceAll(/[\s\p{Cc}]+/gu, " ").trim()].slice(0, quotedLength).join("");
}

function jsonMessage(text: string): string | undefined {
  try {
    const { error, detail, message } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    const found = error ?? detail ?? message;
    return typeof found === "string" ? found : found === undefined ? undefined : JSON.stringify(found);
  } catch {
    return undefined;
  }
}

const certificateCodes = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|EPROTO|ERR_SSL/;

/** What a broken connection means. */
export function failureOfConnection(error: Error, label: string, doing: string): ServerFailure {
  const code = codeOf(error);
  const message = oneLine(error.message);
  if (certificateCodes.test(code))
    return {
      code: "failed",
      message: `no secure connection to ${label} ${doing} (${code}: ${message}); for a certificate of your own, name its authority in the variable NODE_EXTRA_CA_CERTS`,
      final: true,
    };
  if (code === "ECONNREFUSED")
    return {
      code: "crashed",
      message: `nothing answers at ${label} ${doing} (${message}); start the server, or correct the address`,
      final: false,
    };
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return {
      code: "failed",
      message: `the host of ${label} is not known (${message}); correct the address`,
      final: true,
    };
  return {
    code: "crashed",
    message: `connection to ${label} broke ${doing} (${message === "" ? code : message})`,
    final: false,
  };
}

/** A host with several addresses fails once for each. */
function codeOf(error: Error): string {
  const [first] = error instanceof AggregateError ? (error.errors as readonly unknown[]) : [];
  const { code } = (first ?? error) as { readonly code?: unknown };
  return typeof code === "string" ? code : "";
}
