import { describe, expect, it } from 'vitest';
import { InputError } from '#engine/errors.ts';
import { LANDMARKS } from '#engine/face/mesh.ts';
import { INITIAL_STATE } from '#engine/face/tracks/observation.ts';
import {
  decodeObservations,
  encodeObservations,
  type ObservationChunk,
} from '#engine/face/tracks/observation-codec.ts';
import { SIGNATURE_LENGTH } from '#engine/face/tracks/signature.ts';

const landmarks = (seed: number) => Float32Array.from({ length: 3 * LANDMARKS }, (_, i) => Math.sin(i * seed) * 900);
const face = (stretch: number) => ({
  stretch,
  score: 0.1 + 0.2,
  presence: 1 / 3,
  sharpness: 0.5,
  signature: Int8Array.from({ length: SIGNATURE_LENGTH }, (_, i) => (i * stretch) % 127),
  landmarks: landmarks(stretch),
});
const CHUNK: ObservationChunk = {
  observations: [
    { index: 4, width: 640, height: 480, cut: false, faces: [face(1), face(3)] },
    { index: 5, width: 640, height: 480, cut: true, faces: [] },
    { index: 6, width: 640, height: 480, cut: false, faces: [face(4)] },
  ],
  state: {
    next: 7,
    nextStretch: 5,
    untilSearch: 2,
    searches: 9,
    thumbnail: Float32Array.of(0.25, 1 / 7),
    followed: [
      {
        stretch: 4,
        score: 0.7,
        landmarks: landmarks(4),
        motion: [1 / 3, -2],
        look: Float32Array.from({ length: SIGNATURE_LENGTH }, (_, i) => i / 3),
      },
    ],
  },
};

describe('observations as bytes', () => {
  it('come back to the last bit', () => {
    expect(decodeObservations(encodeObservations(CHUNK))).toEqual(CHUNK);
    const empty = { observations: [], state: INITIAL_STATE };
    expect(decodeObservations(encodeObservations(empty))).toEqual(empty);
  });

  it('come back from the middle of a larger buffer', () => {
    const bytes = encodeObservations(CHUNK);
    const larger = new Uint8Array(bytes.length + 7);
    larger.set(bytes, 3);
    expect(decodeObservations(larger.subarray(3, 3 + bytes.length))).toEqual(CHUNK);
  });

  it('take about 7 kB a face', () => {
    expect(encodeObservations({ ...CHUNK, state: INITIAL_STATE }).length).toBeLessThan(3 * 7500);
  });

  it.each([
    ['empty', (bytes: Uint8Array) => bytes.subarray(0, 0)],
    ['cut off', (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 1)],
    ['cut off in the header', (bytes: Uint8Array) => bytes.subarray(0, 11)],
    ['too long', (bytes: Uint8Array) => Uint8Array.of(...bytes, 0)],
    ['of another kind', (bytes: Uint8Array) => bytes.with(0, 0)],
    ['of another version', (bytes: Uint8Array) => bytes.with(4, 99)],
    ['with a broken index', (bytes: Uint8Array) => bytes.with(21, 0)],
  ])('are refused when they are %s', (_, harm) => {
    expect(() => decodeObservations(harm(encodeObservations(CHUNK)), 'faces.bin')).toThrow(InputError);
    expect(() => decodeObservations(harm(encodeObservations(CHUNK)), 'faces.bin')).toThrow(/damaged/);
  });
});
