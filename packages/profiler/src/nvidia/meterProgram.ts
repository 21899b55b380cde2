/**
 * The process that samples a card: it has its own way to the driver, so that neither reading the card nor a driver that hangs holds up who times batches.
 * It ends when its channel is closed, however that came.
 */
import { InputError, type Seconds } from "@partitune/schema";
import { monotonicSeconds } from "../meters/monotonicSeconds.ts";
import type { Reading } from "../meters/reading.ts";
import { type Card, type CardDriver, CardLost, type CardSample } from "./card.ts";
import type { MeterCard, MeterMessage, MeterRequest, MeterRow, MeterStatus, MeterTask } from "./meterProtocol.ts";
import type { NvmlCard } from "./nvmlCard.ts";
import { openCardDriver } from "./openCardDriver.ts";

/** Readings are sent together so often, since each message wakes who receives it. */
const sendSeconds: Seconds = 1;

/** nvidia-smi starts a process for each reading. */
const mostHertzOfSmi = 2;

const task = JSON.parse(process.argv[2] ?? "{}") as MeterTask;
process.on("disconnect", () => process.exit());
process.on("SIGINT", () => {});

let unsent: MeterRow[] = [];
let sent = monotonicSeconds();

await main().catch(give);

async function main(): Promise<void> {
  const driver = await openCardDriver(task.driver);
  const card = await findCard(driver);
  const hertz = driver.name === "nvidia-smi" ? Math.min(task.hertz, mostHertzOfSmi) : task.hertz;
  send({ kind: "ready", card: await describe(card, hertz) });
  const { user, system } = process.cpuUsage();
  const begun = (user + system) / 1e6;
  let timer = sampleEvery(card, 1e3 / hertz);
  process.on("message", (request: MeterRequest) => {
    if (request.kind === "ask") return void answer(card, request.id, begun).catch(give);
    clearInterval(timer);
    if (request.kind === "resume") timer = sampleEvery(card, 1e3 / hertz);
  });
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

/** A reading at each tick; one that is still under way is not overtaken. */
function sampleEvery(card: Card, milliseconds: number): NodeJS.Timeout {
  let reading = false;
  return setInterval(() => {
    if (reading) return;
    try {
      const row = readRow(card);
      if (!("then" in row)) return keep(row);
      reading = true;
      row.then(keep, give).finally(() => {
        reading = false;
      });
    } catch (error) {
      give(error);
    }
  }, milliseconds);
}

function keep(row: MeterRow): void {
  unsent.push(row);
  if (row.time - sent >= sendSeconds) sendRows();
}

async function answer(card: Card, id: number, begun: Seconds): Promise<void> {
  unsent.push(await readRow(card));
  const { thermalSeconds } = await card.violations();
  sendRows();
  const { user, system } = process.cpuUsage();
  const status: MeterStatus = { cpuSeconds: (user + system) / 1e6 - begun, thermalSeconds: thermalSeconds.value };
  send({ kind: "answer", id, status });
}

/** By NVML without waiting: a promise for each of so many readings would cost more than they do. */
function readRow(card: Card): MeterRow | Promise<MeterRow> {
  const before = monotonicSeconds();
  if (isNvmlCard(card)) return toRow(before, card.sampleNow(), card.energyNow());
  return card.sample().then(async (sample) => toRow(before, sample, await card.energyJoules()));
}

function isNvmlCard(card: Card): card is NvmlCard {
  return "sampleNow" in card;
}

function toRow(before: Seconds, sample: CardSample, energy: Reading): MeterRow {
  const unread = energy.value === null ? { ...sample.unread, energyJoules: energy.reason } : sample.unread;
  return { ...sample, time: (before + monotonicSeconds()) / 2, energyJoules: energy.value, unread };
}

function sendRows(): void {
  sent = monotonicSeconds();
  if (unsent.length > 0) send({ kind: "rows", rows: unsent });
  unsent = [];
}

function messageOf(error: unknown): MeterMessage {
  if (error instanceof CardLost) return { kind: "lost", message: error.message };
  if (error instanceof InputError) return { kind: "failed", ...error.details };
  const problem = `failed: ${error instanceof Error ? error.message : String(error)}`;
  return { kind: "failed", what: "the meter of the card", problem, advice: "see what nvidia-smi says" };
}

function give(error: unknown): void {
  end(messageOf(error));
}

/** Ends when the message is out. */
function end(message: MeterMessage): void {
  if (process.connected) process.send!(message, () => process.exit());
  else process.exit();
}

function send(message: MeterMessage): void {
  if (process.connected) process.send!(message);
}
