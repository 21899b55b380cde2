import { type InterferenceModel, type Occupant, slowdownOf } from "@partitune/schema";
import type { Contention, Room } from "./fleet.ts";

/** Up to this many different sets of busy tenants are remembered; beyond, each is worked out anew. */
const remembered = 1 << 16;

/**
 * Pieces of one card that feel each other: a batch goes on at 1/slowdown of its speed, by the interference model and the tenants that
 * work on the other pieces at that moment. Processes of one piece do not slow each other down: its table was measured with all of them.
 *
 * @param occupants  per room and member, what others feel of it
 */
export function pieceContention(
  model: InterferenceModel,
  rooms: readonly Room[],
  occupants: readonly (readonly Occupant[])[],
): () => Contention {
  const slots = rooms.flatMap(({ members }, room) =>
    members.flatMap(({ processes }, member) => Array.from({ length: processes }, () => ({ room, member }))),
  );
  const radices = rooms.map(({ members }) => members.length + 1);
  const known = new Map<number, Float64Array>();
  const active = new Int32Array(rooms.length);
  const compute = (): Float64Array =>
    Float64Array.from(slots, ({ room, member }) => {
      const others = rooms.flatMap((_, other) =>
        other === room || active[other] === 0 ? [] : [occupants[other]![active[other]! - 1]!],
      );
      return 1 / slowdownOf(model, occupants[room]![member]!, others);
    });
  const speeds = (sizes: Int32Array): Float64Array => {
    active.fill(0);
    for (let i = 0; i < sizes.length; i++) if (sizes[i]! > 0) active[slots[i]!.room] = slots[i]!.member + 1;
    let key = 0;
    for (let room = 0; room < active.length; room++) key = key * radices[room]! + active[room]!;
    const found = known.get(key);
    if (found !== undefined) return found;
    const made = compute();
    if (known.size < remembered && Number.isSafeInteger(key)) known.set(key, made);
    return made;
  };
  return () => ({ speeds, nextChange: () => Number.POSITIVE_INFINITY });
}
