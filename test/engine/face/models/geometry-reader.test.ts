import protobuf from 'protobufjs/minimal.js';
import { describe, expect, it } from 'vitest';
import { InputError } from '#engine/errors.ts';
import { readGeometry } from '#engine/face/models/geometry-reader.ts';
import { recipeBytes } from './sources.ts';

/** A mesh of one triangle; repeated numbers packed or one by one. */
function triangle(packed: boolean, triangles: readonly number[] = [0, 1, 2]): Uint8Array {
  const vertices = [0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0.5, 0, 1];
  const writer = new protobuf.Writer();
  writer.uint32((1 << 3) | 2).fork();
  if (packed) {
    writer.uint32((3 << 3) | 2).fork();
    for (const value of vertices) writer.float(value);
    writer.ldelim();
    writer.uint32((4 << 3) | 2).fork();
    for (const value of triangles) writer.uint32(value);
    writer.ldelim();
  } else {
    for (const value of vertices) writer.uint32((3 << 3) | 5).float(value);
    for (const value of triangles) writer.uint32(4 << 3).uint32(value);
  }
  writer.ldelim();
  writer
    .uint32((2 << 3) | 2)
    .fork()
    .uint32(1 << 3)
    .uint32(2)
    .uint32((2 << 3) | 5)
    .float(0.25)
    .ldelim();
  return new Uint8Array(writer.finish());
}

describe('readGeometry', () => {
  it('reads the canonical face', () => {
    const geometry = readGeometry(recipeBytes('face-geometry'));
    expect(geometry.positions).toHaveLength(468 * 3);
    expect(geometry.texture).toHaveLength(468 * 2);
    expect(geometry.triangles).toHaveLength(898 * 3);
    expect(geometry.poseBasis).toHaveLength(33);
    expect(geometry.texture.every((value) => value >= 0 && value <= 1)).toBe(true);
  });

  it.each([true, false])('reads repeated numbers, packed: %s', (packed) => {
    expect(readGeometry(triangle(packed))).toEqual({
      positions: [0, 0, 0, 1, 0, 0, 0, 1, 0.5],
      texture: [0, 0, 1, 0, 0, 1],
      triangles: [0, 1, 2],
      poseBasis: [{ landmark: 2, weight: 0.25 }],
    });
  });

  it('refuses other bytes and triangles that point nowhere', () => {
    expect(() => readGeometry(new Uint8Array(0))).toThrow(InputError);
    expect(() => readGeometry(triangle(false, [0, 1, 3]))).toThrow(InputError);
  });
});
