/** RGB to grey with the fixed-point weights of OpenCV. */
export function greyLevels(red: Uint8Array, green: Uint8Array, blue: Uint8Array): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(red.length);
  for (let i = 0; i < out.length; i++) out[i] = (9798 * red[i]! + 19235 * green[i]! + 3735 * blue[i]! + 16384) >> 15;
  return out;
}
