/** Networks that answer at once with plain pictures, and tell which of them were run. */
import type { TensorData } from '#engine/tensor/data.ts';
import { REGIONS } from '#shared/regions.ts';
import { drawnFaceLabels } from '../../../../bench/drawn-labels.ts';

type Tensors = Readonly<Record<string, TensorData>>;
type Answer = (inputs: Tensors) => Tensors;

const LABELS = drawnFaceLabels(512);
/** The driven face ends higher than the target's: a part of the target's chin is in no face. */
const RAISED = LABELS.slice(40 * 512);

const filled = (dims: readonly number[], value: number): TensorData => ({
  dims,
  data: new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(value),
});

/** Levels of the pictures that the networks answer with. */
export const LEVELS = { driven: 0.8, generated: 0.6, recolored: 0.4, filled: 0.2 } as const;

/** Logits of a face; that of the driven picture is raised. The picture is told by its red, normalised. */
function parse({ x }: Tensors): Tensors {
  const red = (x!.data[0] as number) * 0.229 + 0.485;
  const map = Math.abs(red - LEVELS.driven) < 0.01 ? RAISED : LABELS;
  const logits = filled([1, 19, 512, 512], 0);
  for (let i = 0; i < LABELS.length; i++) {
    logits.data[REGIONS[map[i] ?? 0]!.bisenetIds[0]! * LABELS.length + i] = 1;
  }
  return { logits };
}

const face =
  (name: string, side: number, value: number): Answer =>
  () => ({ [name]: filled([1, 3, side, side], value) });

/** Each pixel sixteen times. */
function fourfold({ dims, data }: TensorData): TensorData {
  const [height, width] = dims.slice(2) as [number, number];
  const large = filled([1, 3, 4 * height, 4 * width], 0);
  for (let k = 0, i = 0; k < 3; k++) {
    for (let y = 0; y < 4 * height; y++) {
      const row = (k * height + (y >> 2)) * width;
      for (let x = 0; x < 4 * width; x++, i++) large.data[i] = data[row + (x >> 2)]!;
    }
  }
  return large;
}

/** By the first word of a network's key. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  'face-parser': parse,
  'reenact-source': () => ({
    canonical: filled([1, 15, 3], 0),
    points: filled([1, 15, 3], 0),
    volume: filled([16, 32, 64, 64], 0),
  }),
  'reenact-driven': face('prediction', 256, LEVELS.driven),
  'rgi-encoder': ({ image }) => ({ style_vectors: filled([1, 12, 1280], image!.data[0] as number) }),
  'rgi-style-codes': ({ style_vectors }) => ({
    style_codes: filled([1, 12, 18, 512], style_vectors!.data[0] as number),
  }),
  'rgi-generator': face('image', 1024, 2 * LEVELS.generated - 1),
  'recolor-blender': face('y', 256, LEVELS.recolored),
  'realesrgan-x4plus': ({ x }) => ({ y: fourfold(x!) }),
  'inpainting-gcfsr': face('y', 256, LEVELS.filled),
  codeformer: ({ x }) => ({ y: x! }),
};

export function fakeNetworks() {
  const calls: { readonly network: string; readonly inputs: Tensors }[] = [];
  return {
    /** Since the last call of this function. */
    taken: () => calls.splice(0),
    providers: ['cpu'] as const,
    fallbacks: [] as { provider: 'cuda'; reason: string }[],
    async run({ key }: { readonly key: string }, inputs: Tensors): Promise<Tensors> {
      const network = key.split(' ')[0]!;
      const answer = ANSWERS[network];
      if (!answer) throw new Error(`nothing stands in for ${key}`);
      calls.push({ network, inputs });
      return answer(inputs);
    },
  };
}
