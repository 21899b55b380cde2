import { WorkerFailure } from "../executor.ts";
import { type MpsDaemon, type MpsDevice, type MpsHost, startMpsDaemon } from "./mpsDaemon.ts";

/** A part in a daemon, for some processes. */
export interface MpsLease {
  readonly daemon: MpsDaemon;
  /** Gives it back; with the last one the daemon ends. May be called twice. */
  release(): Promise<void>;
}

/** The daemons of an executor: one for each card or MIG instance in use, shared by the sessions that need it. */
export interface MpsDaemons {
  /**
   * @param clients  processes that will be its clients
   * @param most  clients that a server takes
   * @throws WorkerFailure when that are too many, the daemon there is of the other kind, or it does not come up
   */
  join(device: MpsDevice, clients: number, most: number): Promise<MpsLease>;
  /** The daemon that serves a card now; undefined when none does. */
  serving(uuid: string): MpsDaemon | undefined;
  /** Folders of pipes of all of them. */
  folders(): ReadonlySet<string>;
  /** Ends all of them, whoever still uses them. May be called twice. */
  close(): Promise<void>;
}

interface Shared {
  readonly daemon: MpsDaemon;
  clients: number;
}

/** @param host  asked for when a daemon is started */
export function mpsDaemons(host: () => MpsHost): MpsDaemons {
  const running = new Map<string, Shared>();
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: a daemon that is ending must have gone before the next one begins. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => {});
    return done;
  };
  const end = async ({ daemon }: Shared) => {
    if (running.get(daemon.uuid)?.daemon !== daemon) return;
    running.delete(daemon.uuid);
    await daemon.stop();
  };
  return {
    join: (device, clients, most) =>
      inTurn(async () => {
        const shared = running.get(device.uuid) ?? { daemon: await startMpsDaemon(host(), device), clients: 0 };
        running.set(device.uuid, shared);
        const refusal = refusalOf(shared, device, clients, most);
        if (refusal !== undefined) {
          if (shared.clients === 0) await end(shared);
          throw new WorkerFailure("failed", refusal);
        }
        shared.clients += clients;
        let released: Promise<void> | undefined;
        const release = async () => {
          shared.clients -= clients;
          if (shared.clients === 0) await end(shared);
        };
        return {
          daemon: shared.daemon,
          release: () => {
            released ??= inTurn(release);
            return released;
          },
        };
      }),
    serving: (uuid) => running.get(uuid)?.daemon,
    folders: () => new Set([...running.values()].map(({ daemon }) => daemon.folder)),
    close: () =>
      inTurn(async () => {
        for (const shared of [...running.values()]) await end(shared);
      }),
  };
}

function refusalOf({ daemon, clients: present }: Shared, device: MpsDevice, clients: number, most: number) {
  const [there, asked] = [daemon, device].map(({ isStatic }) => (isStatic ? "static partitions" : "shares"));
  if (there !== asked) return `the MPS daemon of ${device.uuid} has ${there} now, and cannot have ${asked} beside them`;
  if (present + clients <= most) return undefined;
  return `an MPS server takes ${most} clients, and ${present + clients} processes are to share ${device.uuid}; run fewer processes`;
}
