import { printable } from "./printable.ts";

/** Shows on stderr what a long command is doing, at least once a second. */
export interface Progress {
  /** Says what is happening now; `done` of `total` and the time left where they are known. */
  update(state: ProgressState): void;
  /** Ends the bar, leaving `line`, if given. */
  end(line?: string): void;
}

export interface ProgressState {
  readonly what: string;
  readonly done?: number;
  readonly total?: number;
  readonly secondsLeft?: number | null;
}

/** A terminal redraws a bar; a file or pipe gets a line now and then, so that nothing is silent for more than two seconds. */
const terminalRefreshMs = 250;
const plainRefreshMs = 1900;

/**
 * A progress bar on a stream, with a heartbeat that shows the time passed when nothing else moves.
 *
 * @param title  what the whole step is called
 */
export function startProgress(title: string, stream: NodeJS.WriteStream = process.stderr): Progress {
  const terminal = stream.isTTY === true;
  const started = performance.now();
  let state: ProgressState = { what: "starting" };
  let updated = started;
  let drawn = Number.NEGATIVE_INFINITY;
  const draw = (force: boolean) => {
    const now = performance.now();
    if (!force && now - drawn < (terminal ? terminalRefreshMs : plainRefreshMs)) return;
    drawn = now;
    const width = terminal ? (stream.columns ?? 80) : 160;
    const line = formatProgress(title, sinceUpdate(state, (now - updated) / 1000), (now - started) / 1000, width);
    stream.write(terminal ? `\r\x1b[2K${line}` : `${line}\n`);
  };
  const heartbeat = setInterval(() => draw(false), terminalRefreshMs);
  const clear = () => terminal && stream.write("\r\x1b[2K");
  draw(true);
  return {
    update(next) {
      state = next;
      updated = performance.now();
      draw(false);
    },
    end(line) {
      clearInterval(heartbeat);
      clear();
      if (line !== undefined) stream.write(`${line}\n`);
    },
  };
}

/** The time left goes on passing between two updates. */
function sinceUpdate(state: ProgressState, seconds: number): ProgressState {
  return state.secondsLeft == null ? state : { ...state, secondsLeft: Math.max(0, state.secondsLeft - seconds) };
}

/** One line of progress, cut to the width. A `done` outside 0 … `total` counts as the nearer end: ramps start before zero. */
export function formatProgress(title: string, state: ProgressState, elapsedSeconds: number, width: number): string {
  const { total } = state;
  const done = Math.max(0, Math.min(state.done ?? 0, total ?? 0));
  const counted = total === undefined ? "" : ` ${bar(done, total)} ${done}/${total}`;
  const left = state.secondsLeft == null ? "" : `, about ${formatDuration(state.secondsLeft)} left`;
  const line = `${title}${counted} ${printable(state.what)} (${formatDuration(elapsedSeconds)}${left})`;
  return line.length > width ? `${line.slice(0, width - 1)}…` : line;
}

/** A duration as people say it: `8 s`, `2 min 05 s`, `3 h 10 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

function bar(done: number, total: number): string {
  const cells = 20;
  const full = total === 0 ? cells : Math.round((done / total) * cells);
  return `[${"#".repeat(full)}${"-".repeat(cells - full)}]`;
}
