/**
 * An event calendar: hands events back by time, then priority (the smaller first), then the order in which they were pushed.
 *
 * An event carries one whole number, its payload: an index into whatever the caller keeps.
 */
export interface EventHeap {
  /** Events waiting. */
  readonly size: number;
  /** Time of the next event; Infinity when none waits. */
  readonly nextTime: number;
  /** Time of the event popped last; -Infinity before the first. */
  readonly time: number;
  /** Priority of the event popped last; 0 before the first. */
  readonly priority: number;
  /**
   * Adds an event. Nothing is allocated unless the heap is fuller than it has ever been. O(log n).
   *
   * @param time  any unit; may be infinite, and may lie before events already popped
   * @param payload  whole number from -2^31 to 2^31 − 1
   * @param priority  whole number from -100 to 100, by default 0; among equal times the smaller comes first
   * @throws RangeError when time is NaN or the priority out of range
   */
  push(time: number, payload: number, priority?: number): void;
  /**
   * Takes the next event out and returns its payload; `time` and `priority` then tell the rest. O(log n).
   *
   * @throws RangeError when no event waits
   */
  pop(): number;
  /** Forgets all events and starts the sequence anew; keeps the memory. */
  clear(): void;
}

/**
 * Makes an empty event calendar, a 4-ary heap in typed arrays.
 *
 * @param capacity  events to have room for at first; it grows by doubling
 * @throws RangeError when capacity is no whole number ≥ 1
 * @example const heap = eventHeap(); heap.push(0.5, station); const due = heap.pop(); const now = heap.time;
 */
export function eventHeap(capacity = 64): EventHeap {
  if (!(Number.isInteger(capacity) && capacity >= 1 && capacity <= 2 ** 30)) {
    throw new RangeError(`an event heap needs a capacity from 1 to 2^30, got ${capacity}`);
  }
  return new FourAryHeap(capacity);
}

const greatestPriority = 100;
const priorityStep = 2 ** 45; // 3.5e13 events before the sequence reaches the next priority; 100 steps stay below 2^53

class FourAryHeap implements EventHeap {
  size = 0;
  time = Number.NEGATIVE_INFINITY;
  #order = 0;
  #sequence = 0;
  #times: Float64Array;
  /** Priority and sequence in one exact number, so that a tie needs one comparison: priority × 2^45 + sequence. */
  #orders: Float64Array;
  #payloads: Int32Array;

  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
    this.#orders = new Float64Array(capacity);
    this.#payloads = new Int32Array(capacity);
  }

  get nextTime(): number {
    return this.size === 0 ? Number.POSITIVE_INFINITY : this.#times[0]!;
  }

  get priority(): number {
    return Math.floor(this.#order / priorityStep);
  }

  push(time: number, payload: number, priority = 0): void {
    if (Number.isNaN(time)) throw new RangeError("the time of an event must be a number, got NaN");
    if ((priority | 0) !== priority || priority < -greatestPriority || priority > greatestPriority) {
      throw new RangeError(`the priority of an event must be a whole number from -100 to 100, got ${priority}`);
    }
    if (this.size === this.#times.length) this.#grow();
    const order = priority * priorityStep + this.#sequence++;
    this.#place(this.#rise(this.size++, time, order), time, order, payload);
  }

  pop(): number {
    if (this.size === 0) throw new RangeError("no event to pop; look at size or nextTime first");
    const payload = this.#payloads[0]!;
    this.time = this.#times[0]!;
    this.#order = this.#orders[0]!;
    const last = --this.size;
    const time = this.#times[last]!;
    const order = this.#orders[last]!;
    this.#place(this.#sink(time, order), time, order, this.#payloads[last]!);
    return payload;
  }

  clear(): void {
    this.size = 0;
    this.time = Number.NEGATIVE_INFINITY;
    this.#order = 0;
    this.#sequence = 0;
  }

  #place(slot: number, time: number, order: number, payload: number): void {
    this.#times[slot] = time;
    this.#orders[slot] = order;
    this.#payloads[slot] = payload;
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from]!;
    this.#orders[to] = this.#orders[from]!;
    this.#payloads[to] = this.#payloads[from]!;
  }

  /** Moves the hole at `slot` up to where the event belongs; new events come last among equals, so `<` on the order is enough. */
  #rise(slot: number, time: number, order: number): number {
    const times = this.#times;
    const orders = this.#orders;
    while (slot > 0) {
      const parent = (slot - 1) >> 2;
      const above = times[parent]!;
      if (above < time || (above === time && orders[parent]! < order)) break;
      this.#move(parent, slot);
      slot = parent;
    }
    return slot;
  }

  /** Moves the hole at the root down to where the event belongs. */
  #sink(time: number, order: number): number {
    const times = this.#times;
    const orders = this.#orders;
    const payloads = this.#payloads;
    const size = this.size;
    let slot = 0;
    for (let child = 1; child < size; child = 4 * slot + 1) {
      let least = child;
      let leastTime = times[child]!;
      const end = Math.min(child + 4, size);
      for (let i = child + 1; i < end; i++) {
        const other = times[i]!;
        if (other < leastTime || (other === leastTime && orders[i]! < orders[least]!)) {
          least = i;
          leastTime = other;
        }
      }
      if (time < leastTime || (time === leastTime && order < orders[least]!)) break;
      times[slot] = leastTime;
      orders[slot] = orders[least]!;
      payloads[slot] = payloads[least]!;
      slot = least;
    }
    return slot;
  }

  #grow(): void {
    const capacity = 2 * this.#times.length;
    const times = new Float64Array(capacity);
    times.set(this.#times);
    this.#times = times;
    const orders = new Float64Array(capacity);
    orders.set(this.#orders);
    this.#orders = orders;
    const payloads = new Int32Array(capacity);
    payloads.set(this.#payloads);
    this.#payloads = payloads;
  }
}
