/** Remembers what was derived from an object for as long as the object lives. */
export function memoOn<Owner extends object, Value>(derive: (owner: Owner) => Value): (owner: Owner) => Value {
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
