/** Networks ask for exactly the tensors of their manifests, by key and shape. */
import { describe, expect, it } from 'vitest';
import { ENHANCEMENT_NETWORKS } from '#engine/networks/enhancement-definitions.ts';
import { REENACTMENT_NETWORKS } from '#engine/networks/reenactment-definitions.ts';
import { SWAP_NETWORKS } from '#engine/networks/swap-definitions.ts';
import { elementCount, type TensorData } from '#engine/tensor/data.ts';
import { networkManifest } from '#engine/weights/manifests.ts';

const FREE = { N: 1, H: 64, W: 96 } as const;

describe.each([...REENACTMENT_NETWORKS, ...ENHANCEMENT_NETWORKS, ...SWAP_NETWORKS])('$name', (network) => {
  const inputs = Object.fromEntries(
    Object.entries(network.inputs).map(([name, { shape }]): [string, TensorData] => {
      const dims = shape.map((size) => (typeof size === 'number' ? size : FREE[size as keyof typeof FREE]));
      return [name, { dims, data: new Float32Array(elementCount(dims)) }];
    }),
  );
  const { graph, outputs } = network.prepare(inputs, { saveGradients: false });

  it('uses every tensor of its state dict', () => {
    const asked = graph.params().map(({ attributes, shape }) => [attributes.name, shape] as const);
    const stored = network.weights.flatMap((row) =>
      [...networkManifest(row.network).tensors]
        .filter(([, { constant }]) => !constant)
        .map(([key, { shape }]) => [`${row.prefix}${key}`, shape] as const),
    );
    expect(Object.fromEntries(asked)).toEqual(Object.fromEntries(stored));
  });

  it('gives what its notes say', () => {
    const noted = Object.entries(network.outputs).filter(([name, { optional }]) => !optional || name in outputs);
    expect(Object.keys(outputs).toSorted()).toEqual(noted.map(([name]) => name).toSorted());
    for (const [name, { shape }] of noted) {
      const sizes = outputs[name]?.shape ?? [];
      expect(sizes.length, name).toBe(shape.length);
      for (const [axis, size] of shape.entries()) if (typeof size === 'number') expect(sizes[axis], name).toBe(size);
    }
  });
});
