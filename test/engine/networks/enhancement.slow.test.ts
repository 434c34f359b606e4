/** The networks that sharpen faces, against the official numbers with synthetic weights. */
import { describe, expect, it } from 'vitest';
import {
  expectReference,
  networkNamed,
  networkReference,
  ReferenceRun,
  uniformTensor,
} from '#test/support/network-reference.ts';

/** One input `x`: tag, shape and range, as the reference states it. */
interface OneInput {
  readonly inputs: { readonly x: readonly [tag: string, dims: readonly number[], low: number, high: number] };
}

describe('networks that sharpen faces', () => {
  it.each(['gpen-bfr-512', 'gpen-parsenet', 'gpen-retinaface-r50', 'gpen-realesrnet-x4', 'realesrgan-x4plus'])(
    '%s gives the official numbers',
    async (name) => {
      const reference = networkReference<OneInput>(name);
      await using run = await ReferenceRun.open(networkNamed(name), reference);
      const outputs = await run.run({ x: uniformTensor(...reference.inputs.x) });
      expect(Object.keys(outputs).toSorted()).toEqual(Object.keys(reference.outputs).toSorted());
      for (const [output, expected] of Object.entries(reference.outputs))
        expectReference(output, outputs[output], expected);
    },
  );
});
