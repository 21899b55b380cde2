import { type MpsProcess, mpsProcesses } from "./mpsProcesses.ts";

/** What decides whether a daemon serves a card. */
export interface ServedCard {
  readonly uuid: string;
  /** Number of the card, as CUDA_VISIBLE_DEVICES may give it. */
  readonly index: number;
  /** Cards of this machine. */
  readonly cards: number;
  readonly exclusive: boolean;
  /** Processes that have a context on the card. */
  readonly processes: readonly number[];
}

/**
 * Control daemons of MPS that serve a card and are none of ours, in words; empty when there is none. Clients of theirs would work on the card
 * beside whatever is measured, and in exclusive compute mode nobody else can.
 *
 * Which cards another user's daemon shows cannot be read. It counts when there is no other card, when its server is at work on this one, or when the
 * card takes one process alone.
 *
 * @param own  folders of pipes of our daemons
 * @param root  where /proc is found
 */
export async function foreignDaemons(
  card: ServedCard,
  own: ReadonlySet<string>,
  root = "/",
): Promise<readonly string[]> {
  const all = await mpsProcesses(root);
  const atWork = (uid: number) =>
    all.some(({ role, uid: of, pid }) => role === "server" && of === uid && card.processes.includes(pid));
  return all
    .filter(({ role, environment }) => role === "daemon" && !own.has(environment?.CUDA_MPS_PIPE_DIRECTORY ?? ""))
    .filter((daemon) => shows(daemon, card) ?? (card.cards === 1 || card.exclusive || atWork(daemon.uid)))
    .map(({ pid, uid }) => `process ${pid} of user ${uid}`);
}

/** Undefined where it cannot be told. */
function shows({ environment }: MpsProcess, { uuid, index }: ServedCard): boolean | undefined {
  if (environment === null) return undefined;
  const visible = environment.CUDA_VISIBLE_DEVICES ?? "";
  return visible.trim() === "" || visible.split(",").some((each) => [uuid, String(index)].includes(each.trim()));
}
