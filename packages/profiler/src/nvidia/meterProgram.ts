/**
 * The process that samples a card: it has its own way to the driver, so that neither reading the card nor a driver that hangs holds up who times batches.
 * It ends when its channel is closed, however that came.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { InputError, type Seconds } from "@partitune/schema";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import { type Card, type CardDriver, CardLost } from "./card.ts";
import type { MeterCard, MeterMessage, MeterRequest, MeterRow, MeterStatus, MeterTask } from "./meterProtocol.ts";
import { openCardDriver } from "./openCardDriver.ts";

/** Readings are sent together so often, since each message wakes who receives it. */
const sendSeconds: Seconds = 0.5;

/** nvidia-smi starts a process for each reading. */
const mostHertzOfSmi = 2;

const task = JSON.parse(process.argv[2] ?? "{}") as MeterTask;
process.on("disconnect", () => process.exit());
process.on("SIGINT", () => {});

let unsent: MeterRow[] = [];
let paused = false;

await main().catch((error: unknown) => end(messageOf(error)));

async function main(): Promise<void> {
  const driver = await openCardDriver(task.driver);
  const card = await findCard(driver);
  const hertz = driver.name === "nvidia-smi" ? Math.min(task.hertz, mostHertzOfSmi) : task.hertz;
  send({ kind: "ready", card: await describe(card, hertz) });
  const { user, system } = process.cpuUsage();
  const begun = (user + system) / 1e6;
  process.on("message", (request: MeterRequest) => {
    if (request.kind === "ask") answer(card, request.id, begun).catch((error: unknown) => end(messageOf(error)));
    else paused = request.kind === "pause";
  });
  await sampleForEver(card, 1 / hertz);
}

async function findCard(driver: CardDriver): Promise<Card> {
  const cards = await driver.cards();
  const card = cards.find(({ uuid }) => uuid === task.uuid);
  if (card !== undefined) return card;
  const there = cards.map(({ uuid }) => uuid).join(", ") || "none";
  throw new InputError({
    what: `GPU "${task.uuid}"`,
    problem: `is not among the cards that can be used (${[there, ...driver.unusable].join("; ")})`,
    advice: "choose one of nvidia-smi -L",
  });
}

async function describe(card: Card, hertz: number): Promise<MeterCard> {
  const { name, computeCapability, migEnabled, powerLimits } = await card.facts();
  return { name, computeCapability, migEnabled, limitWatts: powerLimits?.most ?? null, hertz };
}

async function sampleForEver(card: Card, period: Seconds): Promise<void> {
  let sent = monotonicSeconds();
  for (let next = sent; ; next = Math.max(next + period, monotonicSeconds())) {
    await sleep(Math.max(0, next - monotonicSeconds()) * 1e3);
    if (!paused) unsent.push(await readRow(card));
    if (monotonicSeconds() - sent < sendSeconds) continue;
    sent = monotonicSeconds();
    sendRows();
  }
}

async function answer(card: Card, id: number, begun: Seconds): Promise<void> {
  unsent.push(await readRow(card));
  const { thermalSeconds } = await card.violations();
  sendRows();
  const { user, system } = process.cpuUsage();
  const status: MeterStatus = { cpuSeconds: (user + system) / 1e6 - begun, thermalSeconds: thermalSeconds.value };
  send({ kind: "answer", id, status });
}

async function readRow(card: Card): Promise<MeterRow> {
  const before = monotonicSeconds();
  const { unread, ...sample } = await card.sample();
  const energy = await card.energyJoules();
  const time = (before + monotonicSeconds()) / 2;
  const reasons = energy.value === null ? { ...unread, energyJoules: energy.reason } : unread;
  return { time, ...sample, energyJoules: energy.value, unread: reasons };
}

function sendRows(): void {
  if (unsent.length > 0) send({ kind: "rows", rows: unsent });
  unsent = [];
}

function messageOf(error: unknown): MeterMessage {
  if (error instanceof CardLost) return { kind: "lost", message: error.message };
  if (error instanceof InputError) return { kind: "failed", ...error.details };
  const problem = `failed: ${error instanceof Error ? error.message : String(error)}`;
  return { kind: "failed", what: "the meter of the card", problem, advice: "see what nvidia-smi says" };
}

/** Ends when the message is out. */
function end(message: MeterMessage): void {
  if (process.connected) process.send!(message, () => process.exit());
  else process.exit();
}

function send(message: MeterMessage): void {
  if (process.connected) process.send!(message);
}
