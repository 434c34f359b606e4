import { smoothstep, table, type Vec3 } from './math.ts';
import { noise } from './random.ts';

/** Height of the hairline by depth z: forehead, temple, sideburn, over and behind the ear, nape. */
const HEIGHT = [
  [-16, -6],
  [-13, -6.6],
  [-10.5, -6],
  [-8.6, -3],
  [-7, 1.2],
  [-6, 3.6],
  [-3.9, 3.6],
  [-3.1, 1.4],
  [-2.4, 0.4],
  [-1.7, 2.2],
  [-1, 4.2],
  [0.1, 5.7],
  [1.4, 6.8],
  [2.6, 7.6],
  [3.7, 8.1],
  [4.8, 8.3],
] as const;

/** Where scalp hair grows on the undeformed head: 0 outside, 1 inside, soft over about one unit. `recede` in 0..1 moves the temples back. */
export function hairline([x, y, z]: Vec3, recede: number): number {
  const temple = Math.exp(-(((Math.abs(x) - 4.2) / 1.8) ** 2)) * smoothstep(4, 7, y);
  const height =
    table(HEIGHT, z) +
    recede * (1.2 + 2.2 * temple) * smoothstep(0, 2, z + 1.5) +
    0.25 * Math.sin(x * 2.1) * smoothstep(2, 4, z);
  const frayed = 0.2 * noise(x * 1.7, y * 1.7, z * 1.7) + 0.12 * noise(x * 5, y * 5, z * 5);
  return smoothstep(-0.4, 1.3, y - height + frayed);
}
