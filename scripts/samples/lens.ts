import { buildBvh, type Hit, trace } from './bvh.ts';
import { type Camera, rayThrough } from './camera.ts';
import { environment, type Lighting } from './lighting.ts';
import { add, at, cross, dot, scale, sub, unit } from './math.ts';
import type { Scene } from './scene.ts';

/** The light that spectacle lenses reflect into the picture, by pixel; undefined where no lens is. */
export function lensGlints(
  scene: Scene,
  camera: Camera,
  lighting: Lighting,
): (x: number, y: number) => readonly [number, number, number] | undefined {
  const lenses = scene.parts
    .filter((part) => part.material === 'lens')
    .map((part) => ({ part, bvh: buildBvh(part.mesh.position, part.mesh.triangles) }));
  const hit: Hit = { triangle: 0, t: 0, u: 0, v: 0 };
  return (x, y) => {
    const d = rayThrough(camera, x + 0.5, y + 0.5);
    const { eye } = camera;
    for (const { part, bvh } of lenses) {
      if (!trace(bvh, eye[0], eye[1], eye[2], d[0], d[1], d[2], 1e4, false, hit)) continue;
      const [a, b, c] = [0, 1, 2].map((k) => at(part.mesh.position, part.mesh.triangles[3 * hit.triangle + k]!)) as [
        readonly [number, number, number],
        readonly [number, number, number],
        readonly [number, number, number],
      ];
      // Lenses bulge: tilt the flat normal with the distance from the lens's middle.
      const middle = at(part.mesh.position, part.mesh.position.length / 3 - 1);
      const p = add(eye, scale(d, hit.t));
      let n = unit(cross(sub(b, a), sub(c, a)));
      if (n[2] < 0) n = scale(n, -1);
      n = unit(add(n, scale(sub(p, middle), 0.05)));
      const reflected = unit(sub(d, scale(n, 2 * dot(d, n))));
      const sky = environment(lighting, reflected, 1.2);
      return [0.02 * sky[0], 0.022 * sky[1], 0.024 * sky[2]];
    }
    return undefined;
  };
}
