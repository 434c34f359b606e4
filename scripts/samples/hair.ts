import { STYLES } from './hair-styles.ts';
import { hairline } from './hairline.ts';
import { add, at, lerp, mix, scale, smoothstep, srgb, sub, unit, type Vec3 } from './math.ts';
import { vertexNormals } from './mesh.ts';
import { random } from './random.ts';
import type { Figure } from './scene.ts';
import { growStrands, placeStrands, type Root, type Strands, scatterRoots, strandColor } from './strands.ts';

/** All hair of a figure in the world: scalp, brows, lashes and beard. `detail` in 0..1 thins the scalp for previews. */
export function growHair(figure: Figure, seed: number, detail: number): Strands[] {
  const { person, head, masks } = figure;
  const next = random(seed);
  const normal = vertexNormals(head.mesh.position, head.mesh.triangles);
  const out: Strands[] = [];
  const { style, color, grey, recede } = person.hair;
  if (style !== 'bald') {
    const s = STYLES[style];
    const base = srgb(color);
    const roots = scatterRoots(head.mesh, normal, s.perArea * detail, (p) => hairline(p, recede) ** 1.5, next);
    out.push(
      growStrands(roots, s.steps, { taper: 0.7, shadows: true }, (root) => ({
        path: s.path(root, next),
        width: s.width / Math.sqrt(detail),
        color: strandColor(base, grey, next),
      })),
    );
  }
  out.push(brows(figure, normal, next), ...lashes(figure, next));
  if (person.beard) {
    const { length, color: tone, grey: share } = person.beard;
    const base = srgb(tone);
    const roots = scatterRoots(head.mesh, normal, 120, masks.beard, next);
    out.push(
      growStrands(roots, 7, { taper: 0.8, shadows: true }, (root) => {
        const reach = length * (0.6 + 0.8 * next()) * (0.55 + 0.45 * smoothstep(-2, -7, root.rest[1]));
        const down = unit(add([0.25 * Math.sign(root.rest[0]) * next(), -1, 0.1], [0, 0, 0.3 * next()]));
        return {
          path: bent(root.point, lerp(root.normal, down, 0.45), down, reach, 7, 0.12, next),
          width: 0.03,
          color: strandColor(base, share, next),
        };
      }),
    );
  }
  return out.map((strands) => placeStrands(strands, figure.place));
}

/** A path that starts along one direction and bends to another. */
function bent(
  from: Vec3,
  start: Vec3,
  end: Vec3,
  length: number,
  steps: number,
  wild: number,
  next: () => number,
): Vec3[] {
  const jitter: Vec3 = [wild * (next() - 0.5) * 2, wild * (next() - 0.5) * 2, wild * (next() - 0.5) * 2];
  const path: Vec3[] = [from];
  let p = from;
  for (let i = 1; i < steps; i++) {
    p = add(p, scale(unit(add(lerp(start, end, i / (steps - 1)), jitter)), length / (steps - 1)));
    path.push(p);
  }
  return path;
}

function brows(figure: Figure, normal: Float32Array, next: () => number): Strands {
  const { brows: look, hair } = figure.person;
  const base = srgb(look.color);
  const roots = scatterRoots(
    figure.head.mesh,
    normal,
    300 * look.thickness,
    (p) => (p[2] > 2 ? figure.masks.brows(p) ** 1.3 : 0),
    next,
  );
  return growStrands(roots, 6, { taper: 0.85, shadows: false }, (root: Root) => {
    const side = Math.sign(root.rest[0]);
    const out = smoothstep(1.2, 4.6, Math.abs(root.rest[0]));
    // Hairs stand up near the nose, lie outwards along the arch, and turn down at the tail.
    const along = unit([side * mix(0.75, 1, out), mix(0.75, -0.25, out), mix(0, -0.45, out)]);
    const flat = unit(
      sub(
        along,
        scale(root.normal, 0.8 * (along[0] * root.normal[0] + along[1] * root.normal[1] + along[2] * root.normal[2])),
      ),
    );
    return {
      path: bent(
        add(root.point, scale(root.normal, 0.015)),
        lerp(flat, root.normal, 0.12),
        flat,
        0.32 + 0.22 * next(),
        6,
        0.16,
        next,
      ),
      width: 0.02,
      color: strandColor(base, hair.grey * 0.7, next),
    };
  });
}

/** Lashes along the lids' rims, upper ones long and curled. */
function lashes(figure: Figure, next: () => number): Strands[] {
  const { head, person } = figure;
  return head.rims.eyes.map((loop, e) => {
    const centre = head.eyes[e]!;
    const rim = loop.map((v) => at(head.mesh.position, v));
    const xs = rim.map((p) => p[0]);
    const [low, high] = [Math.min(...xs), Math.max(...xs)];
    const middle = rim.reduce((s, p) => s + p[1], 0) / rim.length;
    const roots: (Root & { upper: boolean; across: number })[] = [];
    rim.forEach((p, i) => {
      const q = rim[(i + 1) % rim.length]!;
      const upper = p[1] > middle;
      const count = upper ? 3 : 1;
      for (let k = 0; k < count; k++) {
        const point = lerp(p, q, next());
        const across = (point[0] - low) / (high - low);
        const outer = e === 0 ? 1 - across : across;
        if (outer < 0.14 || outer > 0.99) continue;
        roots.push({ point, normal: unit(sub(point, centre)), rest: point, upper, across: outer });
      }
    });
    return growStrands(roots, 8, { taper: 0.95, shadows: false }, (root) => {
      const { upper, across } = root as (typeof roots)[number];
      const side = e === 0 ? -1 : 1;
      const spread = side * mix(-0.25, 0.75, across);
      const length = (upper ? 0.62 : 0.3) * person.lashes * mix(0.7, 1.1, across) * (0.75 + 0.4 * next());
      const start = unit([spread, upper ? -0.25 : -0.35, 1]);
      const end = unit([spread * 1.1, upper ? 1.1 : -0.7, 0.55]);
      return {
        path: bent(root.point, start, end, length, 8, 0.1, next),
        width: upper ? 0.03 : 0.02,
        color: [0.012, 0.009, 0.008],
      };
    });
  });
}
