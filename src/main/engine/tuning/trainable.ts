/** Which weights PTI moves (spec rgi-core 1.3 and 6.2): the region MLPs and the unfrozen part of the generator. */

/** The last styled convolution and the last RGB head that are not frozen. */
const LAST_CONV = 11;
const LAST_RGB = 4;

/** True for the 138 tensors that personal tuning trains; the encoder is outside because style vectors are constants. */
export function isTunable(key: string): boolean {
  if (/^MLPs\.\d+\./.test(key)) return true;
  if (/^G\.(input|conv1|to_rgb1)\./.test(key)) return true;
  const conv = /^G\.convs\.(\d+)\./.exec(key);
  if (conv !== null) return Number(conv[1]) <= LAST_CONV;
  const rgb = /^G\.to_rgbs\.(\d+)\./.exec(key);
  return rgb !== null && Number(rgb[1]) <= LAST_RGB;
}
