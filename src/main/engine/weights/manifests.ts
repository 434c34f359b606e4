/**
 * What each network's state dict consists of: `models/networks/<id>.json` lists every tensor by its upstream key, in
 * upstream's order, with its shape. Counters that training leaves behind (`num_batches_tracked`) are left out there,
 * and what the network computes itself (blur kernels) is marked `constant`: files may have it or not.
 */
import arcface from '../../../../models/networks/arcface.json' with { type: 'json' };
import codeformer from '../../../../models/networks/codeformer.json' with { type: 'json' };
import discriminator from '../../../../models/networks/discriminator.json' with { type: 'json' };
import faceParsingBisenet from '../../../../models/networks/face-parsing-bisenet.json' with { type: 'json' };
import facevid2vidGenerator from '../../../../models/networks/facevid2vid-generator.json' with { type: 'json' };
import facevid2vidHeEstimator from '../../../../models/networks/facevid2vid-he-estimator.json' with { type: 'json' };
import facevid2vidKpDetector from '../../../../models/networks/facevid2vid-kp-detector.json' with { type: 'json' };
import gpenBfr512 from '../../../../models/networks/gpen-bfr-512.json' with { type: 'json' };
import gpenParsenet from '../../../../models/networks/gpen-parsenet.json' with { type: 'json' };
import gpenRealesrnetX4 from '../../../../models/networks/gpen-realesrnet-x4.json' with { type: 'json' };
import gpenRetinafaceR50 from '../../../../models/networks/gpen-retinaface-r50.json' with { type: 'json' };
import inpaintingGcfsr from '../../../../models/networks/inpainting-gcfsr.json' with { type: 'json' };
import lpipsAlex from '../../../../models/networks/lpips-alex.json' with { type: 'json' };
import parsingUnet from '../../../../models/networks/parsing-unet.json' with { type: 'json' };
import realesrganX4plus from '../../../../models/networks/realesrgan-x4plus.json' with { type: 'json' };
import recolorBlender from '../../../../models/networks/recolor-blender.json' with { type: 'json' };
import rgi from '../../../../models/networks/rgi.json' with { type: 'json' };
import styleVgg16 from '../../../../models/networks/style-vgg16.json' with { type: 'json' };
import stylegan2Ffhq1024 from '../../../../models/networks/stylegan2-ffhq-1024.json' with { type: 'json' };

const SOURCES = {
  rgi,
  discriminator,
  'stylegan2-ffhq-1024': stylegan2Ffhq1024,
  arcface,
  'parsing-unet': parsingUnet,
  'lpips-alex': lpipsAlex,
  'style-vgg16': styleVgg16,
  'face-parsing-bisenet': faceParsingBisenet,
  'facevid2vid-generator': facevid2vidGenerator,
  'facevid2vid-kp-detector': facevid2vidKpDetector,
  'facevid2vid-he-estimator': facevid2vidHeEstimator,
  'recolor-blender': recolorBlender,
  'inpainting-gcfsr': inpaintingGcfsr,
  'gpen-bfr-512': gpenBfr512,
  'gpen-parsenet': gpenParsenet,
  'gpen-retinaface-r50': gpenRetinafaceR50,
  'gpen-realesrnet-x4': gpenRealesrnetX4,
  codeformer,
  'realesrgan-x4plus': realesrganX4plus,
} as const satisfies Record<string, { title: string; tensors: Record<string, string> }>;

/** Networks whose weights the studio knows. */
export type WeightsId = keyof typeof SOURCES;
export const WEIGHTS_IDS = Object.keys(SOURCES) as readonly WeightsId[];
export const isWeightsId = (id: string): id is WeightsId => Object.hasOwn(SOURCES, id);

export interface ManifestTensor {
  readonly shape: readonly number[];
  /** The network computes it itself; files need not have it. */
  readonly constant: boolean;
}

export interface NetworkManifest {
  readonly title: string;
  /** By upstream key; every tensor is float32. */
  readonly tensors: ReadonlyMap<string, ManifestTensor>;
}

const parsed = new Map<WeightsId, NetworkManifest>();

/** The manifest of a network, parsed once. */
export function networkManifest(id: WeightsId): NetworkManifest {
  const known = parsed.get(id);
  if (known !== undefined) return known;
  const { title, tensors } = SOURCES[id];
  const manifest = {
    title,
    tensors: new Map(Object.entries(tensors).map(([key, text]) => [key, parseTensor(text)])),
  };
  parsed.set(id, manifest);
  return manifest;
}

/** `64x3x7x7`, `scalar` or `constant 4x4`. */
function parseTensor(text: string): ManifestTensor {
  const constant = text.startsWith('constant ');
  const shape = constant ? text.slice('constant '.length) : text;
  return { constant, shape: shape === 'scalar' ? [] : shape.split('x').map(Number) };
}
