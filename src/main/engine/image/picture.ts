/** The picture types of the engine. Different things are different types: a file's own pixels, a working image, a map. */

/** One channel, row-major. The range is said where it is used. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array<ArrayBuffer>;
}

/** Planar RGB: `data` holds the red plane, then green, then blue; encoded (gamma) values in [0, 1]. */
export interface RgbImage {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array<ArrayBuffer>;
}

/**
 * A picture of 8-bit samples between two networks: `channels` planes of width x height, one after another; RGB has
 * three. The networks were trained behind such roundings.
 */
export interface ByteImage {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * A decoded file, upright, in the file's own colour space and bit depth: what a result is pasted into, so that a pixel
 * that no face touches leaves the studio as it came.
 */
export interface DecodedPicture {
  readonly width: number;
  readonly height: number;
  /** Samples a pixel: 1 grey, 2 grey + alpha, 3 RGB, 4 RGB + alpha. */
  readonly channels: 1 | 2 | 3 | 4;
  readonly bitDepth: 8 | 16;
  /** Interleaved samples. */
  readonly pixels: Uint8Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
  /** ICC profile of the file, absent for untagged files (taken as sRGB). */
  readonly icc?: Uint8Array<ArrayBuffer> | undefined;
  /** EXIF block: a TIFF structure, upright, without thumbnail and without the prefix that JPEG adds. */
  readonly exif?: Uint8Array<ArrayBuffer> | undefined;
  readonly xmp?: Uint8Array<ArrayBuffer> | undefined;
  /** Pixels an inch, where the file says. */
  readonly density?: number | undefined;
  /** Format of the file as the decoder found it, whatever its name ends in. */
  readonly format: string;
  /** What the user should know about the decoding, one sentence each. */
  readonly notices: readonly string[];
}

/** A 12-region label map: labels 0..11 (`src/shared/regions.ts`), row-major. */
export interface LabelMap {
  readonly width: number;
  readonly height: number;
  readonly labels: Uint8Array<ArrayBuffer>;
}
