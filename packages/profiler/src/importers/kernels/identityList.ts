import type { KernelIdentity } from "@partitune/schema";
import { identityKey } from "./identityKey.ts";

/** Numbers for identities, from 0 in the order of their first occurrence. */
export interface IdentityList {
  readonly list: readonly KernelIdentity[];
  readonly indexOf: (identity: KernelIdentity) => number;
}

export function openIdentityList(known: readonly KernelIdentity[] = []): IdentityList {
  const list = [...known];
  const indices = new Map(list.map((identity, index) => [identityKey(identity), index]));
  return {
    list,
    indexOf: (identity) => {
      const key = identityKey(identity);
      const index = indices.get(key) ?? list.push(identity) - 1;
      indices.set(key, index);
      return index;
    },
  };
}
