import type { BackdropLook } from './backdrop.ts';
import { backdrop } from './backdrop.ts';
import { makeCamera } from './camera.ts';
import type { CanonicalFace } from './canonical-face.ts';
import { develop } from './develop.ts';
import { traceFilm } from './film.ts';
import { growHair } from './hair.ts';
import { hairDensity, shadeStrands } from './hair-light.ts';
import { rasterHair } from './hair-raster.ts';
import { lensGlints } from './lens.ts';
import { SETUPS, type SetupName } from './lighting.ts';
import type { Vec3 } from './math.ts';
import type { Person } from './person.ts';
import { spreadLight } from './scatter.ts';
import { buildScene } from './scene.ts';

/** A sample picture: who stands where, in which light. */
export type Picture = {
  readonly id: string;
  readonly title: string;
  readonly seed: number;
  readonly size: readonly [number, number];
  readonly figures: readonly { readonly person: Person; readonly offset: Vec3 }[];
  readonly lighting: SetupName;
  readonly exposure: number;
  readonly backdrop: BackdropLook;
  /** Camera centre, and units that fill the picture's height. */
  readonly camera: { readonly x: number; readonly y: number; readonly view: number };
};

/** Renders a picture at `scale` of its size to 8-bit sRGB, 3 bytes a pixel; the same inputs give the same bytes. */
export function renderPicture(
  face: CanonicalFace,
  picture: Picture,
  scale: number,
): { data: Uint8Array; width: number; height: number } {
  const [width, height] = picture.size.map((n) => Math.round(n * scale)) as [number, number];
  const { x, y, view } = picture.camera;
  const camera = makeCamera(x, y, view, width, height);
  const lighting = SETUPS[picture.lighting];
  const scene = buildScene(
    face,
    picture.figures.map(({ person, offset }, i) => ({ person, offset, seed: picture.seed + i })),
  );
  const detail = Math.min(1, 0.25 + 0.9 * scale);
  const strands = scene.figures.flatMap((figure, i) => growHair(figure, picture.seed * 31 + i, detail));
  const density = hairDensity(strands, 0.35);
  const film = traceFilm(scene, density, lighting, camera, backdrop(picture.backdrop, width / height, picture.seed));
  const pooled = spreadLight(film);
  const hair = rasterHair(
    film,
    strands.map((set) => ({ strands: set, shade: shadeStrands(set, density, scene.bvh, lighting, camera.eye) })),
  );
  return { data: develop(film, pooled, hair, picture.exposure, lensGlints(scene, camera, lighting)), width, height };
}
