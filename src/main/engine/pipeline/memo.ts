import { outsideArena } from '#engine/image/planes.ts';

/** Remembers what was derived from an object for as long as the object lives. */
export const memoOn = <Owner extends object, Value>(derive: (owner: Owner) => Value): ((owner: Owner) => Value) =>
  memoWith((owner: Owner) => outsideArena(() => derive(owner)));

/** The same for owners whose own planes may come from an arena: what is derived lives no longer than they do. */
export function memoWith<Owner extends object, Value>(derive: (owner: Owner) => Value): (owner: Owner) => Value {
  const known = new WeakMap<Owner, { readonly value: Value }>();
  return (owner) => {
    let entry = known.get(owner);
    if (!entry) {
      entry = { value: derive(owner) };
      known.set(owner, entry);
    }
    return entry.value;
  };
}
