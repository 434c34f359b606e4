/** Which pixels under a brow's mask are hair: what is darker than the skin's light, told softly enough. */
import { gaussianBlur } from '#engine/image/blur.ts';
import { smoothstep } from '#engine/image/math.ts';
import { newPlane } from '#engine/image/planes.ts';

/** Log light against the skin's at which a pixel does not belong to a dark feature, and the least way from there to one that does. */
const DARK = { none: 0.16, way: 0.22 } as const;
/**
 * Way for each unit by which the feature's change departs from the skin's. The smoothstep is steepest with 1.5 over its
 * way, so with these hair that grows lighter is not turned round, and hair that grows darker not stretched beyond 2.5
 * times its contrast.
 */
const WAY_PER_DEPARTURE = { lighter: 1.5, darker: 1 } as const;
/** Grain that does not tell hair from skin, pixels at 1024. */
const GRAIN = 2.5;

/**
 * @param darkness log luminance of a box beyond the skin's light; the same for all channels, or edges turn coloured
 * @param departures by how much the feature's change of log light departs from the skin's in each channel
 * @param scale box pixels at 1024
 * @returns 0 (skin) .. 1 (hair)
 */
export function hairShare(
  darkness: Float32Array,
  width: number,
  height: number,
  departures: readonly number[],
  scale: number,
): Float32Array {
  const smooth = gaussianBlur(darkness, width, height, GRAIN * scale);
  const ways = departures.map((d) => (d > 0 ? WAY_PER_DEPARTURE.lighter * d : -WAY_PER_DEPARTURE.darker * d));
  const whole = DARK.none - Math.max(DARK.way, ...ways);
  const share = newPlane(smooth.length);
  for (let i = 0; i < share.length; i++) share[i] = smoothstep(DARK.none, whole, smooth[i]!);
  return share;
}
