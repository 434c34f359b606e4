/** Vitest global set-up: replaced by the model build as soon as the converter exists. */
export function setup(): void {
  return;
}
