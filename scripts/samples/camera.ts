import { unit, type Vec3 } from './math.ts';

/** A camera that looks along -z; `view` units fill the picture's height at z = 0. */
export type Camera = { readonly eye: Vec3; readonly scale: number; readonly width: number; readonly height: number };

export const DISTANCE = 95;

/** Places the camera level with (x, y) so that `view` units fill the height at z = 0 of a width × height picture. */
export const makeCamera = (x: number, y: number, view: number, width: number, height: number): Camera => ({
  eye: [x, y, DISTANCE],
  scale: height / view,
  width,
  height,
});
/** World point to picture coordinates in pixels, and its distance along z. */
export function project(camera: Camera, p: Vec3): Vec3 {
  const k = (camera.scale * DISTANCE) / (camera.eye[2] - p[2]);
  return [
    camera.width / 2 + (p[0] - camera.eye[0]) * k,
    camera.height / 2 - (p[1] - camera.eye[1]) * k,
    camera.eye[2] - p[2],
  ];
}
/** Direction of the ray through a picture point. */
export const rayThrough = (camera: Camera, px: number, py: number): Vec3 =>
  unit([(px - camera.width / 2) / camera.scale, (camera.height / 2 - py) / camera.scale, -DISTANCE]);
