/**
 * Refined style vectors as a small safetensors file that says what they belong to: the face of a picture, the checkpoint,
 * and for a source the target whose pose it was refined in. It can be kept, copied, or put into another file.
 */
import { createHash, webcrypto } from 'node:crypto';
import { InputError } from '#engine/errors.ts';
import type { CropTransform } from '#engine/face/alignment.ts';
import type { DecodedPicture } from '#engine/image/picture.ts';
import { STYLE_VECTOR_SIZE } from '#engine/networks/rgi-encoder.ts';
import { type ByteSource, openFileSource } from '#engine/weights/byte-source.ts';
import { readSafetensors, type SafetensorsFile } from '#engine/weights/safetensors.ts';
import { encodeSafetensors } from '#engine/weights/safetensors-writer.ts';
import { REFINE_SIDES, type RefineSide } from '#shared/contract-refine.ts';
import { REGION_COUNT } from '#shared/regions.ts';
import { type RgiReadiness, weightsOf } from './rgi/readiness.ts';

/** What refined vectors belong to. */
export interface RefinedIdentity {
  readonly side: RefineSide;
  /** Marks of faces; the source's is empty for the side `target`, which does not depend on it. */
  readonly target: string;
  readonly source: string;
  /** Of the networks that the vectors depend on. */
  readonly weights: string;
}

export interface RefinedFace {
  readonly identity: RefinedIdentity;
  /** `[12, 1280]`, finite. */
  readonly vectors: Float32Array<ArrayBuffer>;
  /** The photo, as its user knows it. */
  readonly name: string;
}

const FORMAT = 'e4s-refined';
const VERSION = '1';
const NUMBERS = REGION_COUNT * STYLE_VECTOR_SIZE;
const SHAPE = [1, REGION_COUNT, STYLE_VECTOR_SIZE];
/** The vectors and a header of a few hundred bytes; whatever is larger is something else. */
const MOST_BYTES = 4 * NUMBERS + 16_384;
const LONGEST_NAME = 200;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The name under which vectors of this identity are kept, 24 hex digits. */
export const refinedId = ({ side, target, source, weights }: RefinedIdentity): string =>
  sha256(JSON.stringify([FORMAT, VERSION, side, target, source, weights])).slice(0, 24);

const pictures = new WeakMap<DecodedPicture, Promise<string>>();

/** A hash of a picture's samples, whatever its file is called and whatever else is in it. */
function pictureHash(picture: DecodedPicture): Promise<string> {
  const hash = async (): Promise<string> => {
    const { width, height, channels, bitDepth, pixels } = picture;
    const samples = Buffer.from(await webcrypto.subtle.digest('SHA-256', pixels)).toString('hex');
    return sha256(JSON.stringify([width, height, channels, bitDepth, samples]));
  };
  const known = pictures.get(picture) ?? hash();
  pictures.set(picture, known);
  return known;
}

/** Which face of which picture: a hash of its samples, and the square that was cut out, to a thousandth of a pixel. */
export async function faceMark(picture: DecodedPicture, { cropToPicture }: CropTransform): Promise<string> {
  return `${await pictureHash(picture)} ${cropToPicture.map((value) => value.toFixed(3)).join(' ')}`;
}

/** Packs that decide what the vectors of a side are: the driven face has gone through more networks. */
const PACKS: Readonly<Record<RefineSide, RegExp>> = {
  target: /^(rgi|face-parsing-bisenet)\//,
  source: /^(rgi|face-parsing-bisenet|facevid2vid|gpen-[^/]*)\//,
};

/** A hash of the weights that the vectors of a side depend on. */
export function refinedWeights(readiness: RgiReadiness, side: RefineSide): string {
  const used = Object.entries(weightsOf(readiness)).filter(([name]) => PACKS[side].test(name));
  return sha256(JSON.stringify(used.toSorted()));
}

/** The file, small enough to be part of another one. */
export function encodeRefined({ identity, vectors, name }: RefinedFace): Uint8Array {
  const data = new Uint8Array(vectors.buffer, vectors.byteOffset, vectors.byteLength);
  const metadata = { format: FORMAT, version: VERSION, ...identity, photo: name.slice(0, LONGEST_NAME) };
  return encodeSafetensors([{ name: 'vectors', dtype: 'F32', shape: SHAPE, data }], metadata);
}

/** @param file names the bytes in errors @throws InputError for what is no such file, or a damaged one */
export function decodeRefined(bytes: Uint8Array, file: string): Promise<RefinedFace> {
  return fromSource({
    file,
    size: bytes.length,
    read: async (offset, length) => Uint8Array.from(bytes.subarray(offset, offset + length)),
    readInto: async (offset, into) => into.set(bytes.subarray(offset, offset + into.length)),
    [Symbol.asyncDispose]: async () => undefined,
  });
}

/** @throws InputError as `decodeRefined`, and when the file cannot be read */
export const readRefined = async (file: string): Promise<RefinedFace> => fromSource(await openFileSource(file));

async function fromSource(source: ByteSource): Promise<RefinedFace> {
  await using _source = source;
  const { file, size } = source;
  if (size > MOST_BYTES) throw new InputError('This file is too large for refined style vectors.', { file });
  const opened = await readSafetensors(source);
  return { identity: identityOf(opened), vectors: await vectorsOf(opened), name: opened.metadata.get('photo') ?? '' };
}

function identityOf({ file, metadata }: SafetensorsFile): RefinedIdentity {
  const text = (name: string): string => metadata.get(name) ?? '';
  const side = REFINE_SIDES.find((known) => known === text('side'));
  if (text('format') !== FORMAT || side === undefined)
    throw new InputError('This file holds no refined style vectors.', {
      file,
      action: 'Choose a file that "e4s tune photo" wrote.',
    });
  if (text('version') !== VERSION)
    throw new InputError(`These refined vectors have version ${text('version')}; this studio reads ${VERSION}.`, {
      file,
    });
  return { side, target: text('target'), source: text('source'), weights: text('weights') };
}

async function vectorsOf(opened: SafetensorsFile): Promise<Float32Array<ArrayBuffer>> {
  const { file } = opened;
  const stored = opened.tensors.get('vectors');
  if (stored?.dtype !== 'F32' || stored.shape.join() !== SHAPE.join())
    throw new InputError(`The style vectors in this file are not F32[${SHAPE.join(', ')}].`, { file });
  const vectors = new Float32Array(Uint8Array.from(await opened.read('vectors')).buffer);
  const wrong = vectors.find((value) => !Number.isFinite(value));
  if (wrong !== undefined) throw new InputError(`The style vectors in this file hold ${wrong}.`, { file });
  return vectors;
}

/** Why vectors do not fit, beginning with what is most different; undefined when they do. */
export function misfit(found: RefinedIdentity, wanted: RefinedIdentity): string | undefined {
  if (found.side !== wanted.side)
    return `They are of a ${found.side === 'source' ? 'source in the pose of a target' : 'target'}.`;
  for (const role of ['target', 'source'] as const) {
    const [was, is] = [found[role].split(' '), wanted[role].split(' ')];
    if (was[0] !== is[0]) return `They were refined for another ${role} photo.`;
    if (found[role] !== wanted[role]) return `They were refined for another face or crop of the ${role} photo.`;
  }
  return found.weights === wanted.weights ? undefined : 'They were refined with other packs than those imported now.';
}
