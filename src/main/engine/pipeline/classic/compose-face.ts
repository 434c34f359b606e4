/** The recoloured face laid into its surroundings. */
import { withPart } from '#engine/image/crop.ts';
import type { Plane, RgbImage } from '#engine/image/picture.ts';
import { newPlane } from '#engine/image/planes.ts';
import { faceOpacity, mixPlanes, seenShare } from '#engine/image/pointwise.ts';
import { gaussianPyramid } from '#engine/image/pyramid.ts';
import { resizePlane } from '#engine/image/resize.ts';
import { memoWith } from '../memo.ts';
import { blendBands, LEVELS, MATCHED_LEVELS, rgbPyramid } from './blend.ts';
import type { Exchange } from './exchange.ts';
import { LIGHT_REDUCTION } from './recolor/skin-light.ts';
import type { DrivenTexture } from './texture/driven-texture.ts';

const backgroundPyramid = memoWith((exchanged: Exchange) => rgbPyramid(exchanged.background));

/** Where the source shows nothing, or something lies over the target, the face continues as the target. */
function faceOverTarget(face: RgbImage, texture: DrivenTexture, exchanged: Exchange): RgbImage {
  const data = newPlane(face.data.length);
  data.set(face.data);
  const { coverage, lost } = texture;
  const { occluder, background } = exchanged;
  mixPlanes(data, background.data, seenShare({ mask: coverage, cover: occluder, lost }));
  return { ...face, data };
}

/** Opacity of the face: its region without what covers it and without what the source lacks, times the switches. */
export function faceMask(texture: DrivenTexture, exchanged: Exchange, opacity: Float32Array): Plane {
  const { width, height } = exchanged.window;
  const { coverage, lost } = texture;
  const { occluder, region } = exchanged;
  const data = faceOpacity({ mask: coverage, cover: occluder, lost }, region, opacity);
  return { width, height, data };
}

/** What blending needs beside the face's pixels. */
export interface FaceLayer {
  /** The source's share of the texture over the window. */
  readonly opacity: Float32Array;
  /** Pyramid of the face's opacity; empty when it is 0 everywhere. */
  readonly masks: readonly Plane[];
  /** Pyramid of where both faces show skin. */
  readonly both: readonly Plane[];
}

/** @param both where both faces show skin, reduced */
export function faceLayer(
  texture: DrivenTexture,
  exchanged: Exchange,
  both: Float32Array,
  opacity: Float32Array,
): FaceLayer {
  const { width, height } = exchanged.window;
  const mask = faceMask(texture, exchanged, opacity);
  const visible = mask.data.some((m) => m > 0);
  const full = resizePlane(
    both,
    Math.floor(width / LIGHT_REDUCTION),
    Math.floor(height / LIGHT_REDUCTION),
    width,
    height,
  );
  return {
    opacity,
    masks: visible ? gaussianPyramid(mask, LEVELS) : [],
    both: gaussianPyramid({ width, height, data: full }, MATCHED_LEVELS),
  };
}

/** Blends the face into the target's crop. */
export function composeFace(face: RgbImage, texture: DrivenTexture, exchanged: Exchange, layer: FaceLayer): RgbImage {
  const { window, surroundings } = exchanged;
  if (layer.masks.length === 0) return surroundings;
  const over = faceOverTarget(face, texture, exchanged);
  return withPart(surroundings, window, blendBands(over, backgroundPyramid(exchanged), layer.masks, layer.both));
}
