/** The networks of the rgi engine as graphs with the shapes that its stages use, and the weights that each one needs. */
import { CODEFORMER_FIDELITY, CODEFORMER_SIZE, codeFormer } from '#engine/networks/codeformer.ts';
import type { NetworkWeights } from '#engine/networks/definition.ts';
import { parserLogits } from '#engine/networks/face-parser.ts';
import { posedFace } from '#engine/networks/face-vid2vid.ts';
import { GPEN_SIZE, gpen } from '#engine/networks/gpen.ts';
import { INPAINTER_NOISE_SIZES, INPAINTER_SIZE, inpainter } from '#engine/networks/inpainter.ts';
import { KEYPOINTS, keypointDetector, REENACTMENT_SIZE, VOLUME_DEPTH } from '#engine/networks/keypoint-detector.ts';
import { maskGuidedGenerator } from '#engine/networks/mask-guided-generator.ts';
import { parseNet } from '#engine/networks/parse-net.ts';
import { RECOLORER_SIZE, recolorer } from '#engine/networks/recolorer.ts';
import { appearanceVolume, movedAppearance } from '#engine/networks/reenactment-generator.ts';
import type { RegionCapacities } from '#engine/networks/region-layout.ts';
import { latentAverage, regionStyleCodes, STYLE_ROWS, STYLE_SIZE } from '#engine/networks/region-mlps.ts';
import { retinaFace } from '#engine/networks/retinaface.ts';
import { rgiEncoder, STYLE_VECTOR_SIZE } from '#engine/networks/rgi-encoder.ts';
import { rrdbNet } from '#engine/networks/rrdb-net.ts';
import { capacitiesKey } from '#engine/networks/shared-capacities.ts';
import { StateDict } from '#engine/networks/state-dict.ts';
import type { Graph, Value } from '#engine/tensor/graph.ts';
import type { WeightsId } from '#engine/weights/manifests.ts';
import { REGION_COUNT } from '#shared/regions.ts';

/** Side of the crops that the engine works in. */
export const CROP_SIZE = 1024;
/** Side of its label maps. */
export const LABEL_SIZE = 512;

/** A network at fixed shapes. Graphs with one key are the same graph. */
export interface StageNetwork {
  readonly key: string;
  readonly weights: readonly NetworkWeights[];
  build(graph: Graph): Readonly<Record<string, Value>>;
}

const alone = (network: WeightsId): NetworkWeights[] => [{ network, prefix: '' }];
const image = (graph: Graph, name: string, side: number, channels = 3): Value =>
  graph.input(name, [1, channels, side, side]);
const oneHot = (graph: Graph): Value => graph.input('one_hot', [1, REGION_COUNT, LABEL_SIZE, LABEL_SIZE]);

/** `x [1,3,512,512]` normalised as for ImageNet → `logits [1,19,512,512]`. */
export const PARSER: StageNetwork = {
  key: 'face-parser',
  weights: alone('face-parsing-bisenet'),
  build: (graph) => ({ logits: parserLogits(new StateDict(graph), image(graph, 'x', LABEL_SIZE)).out }),
};

const VOLUME = [VOLUME_DEPTH, 32, REENACTMENT_SIZE / 4, REENACTMENT_SIZE / 4];
const POINTS = [1, KEYPOINTS, 3];

/** What re-enactment needs of the source alone: `source [1,3,256,256]` → `canonical`, `points`, `volume`. */
export const SOURCE_MOTION: StageNetwork = {
  key: 'reenact-source',
  weights: [
    { network: 'facevid2vid-generator', prefix: 'generator.' },
    { network: 'facevid2vid-kp-detector', prefix: 'kp_detector.' },
    { network: 'facevid2vid-he-estimator', prefix: 'he_estimator.' },
  ],
  build: (graph) => {
    const keys = new StateDict(graph);
    const source = image(graph, 'source', REENACTMENT_SIZE);
    const canonical = keypointDetector(keys.under('kp_detector'), source);
    const { points } = posedFace(keys.under('he_estimator'), canonical, source);
    return { canonical, points, volume: appearanceVolume(keys.under('generator'), source) };
  },
};

/** The source in the pose of another face: `driving [1,3,256,256]` and what `SOURCE_MOTION` gives → `prediction`. */
export const DRIVEN_FACE: StageNetwork = {
  key: 'reenact-driven',
  weights: [
    { network: 'facevid2vid-generator', prefix: 'generator.' },
    { network: 'facevid2vid-he-estimator', prefix: 'he_estimator.' },
  ],
  build: (graph) => {
    const keys = new StateDict(graph);
    const driving = image(graph, 'driving', REENACTMENT_SIZE);
    const [canonical, points] = ['canonical', 'points'].map((name) => graph.input(name, POINTS)) as [Value, Value];
    const moved = posedFace(keys.under('he_estimator'), canonical, driving);
    const volume = graph.input('volume', VOLUME);
    return { prediction: movedAppearance(keys.under('generator'), volume, moved.points, points).prediction };
  },
};

/** `image [1,3,1024,1024]` in [-1, 1], `one_hot` → `style_vectors [1,12,1280]`. */
export const ENCODER: StageNetwork = {
  key: 'rgi-encoder',
  weights: alone('rgi'),
  build: (graph) => ({
    style_vectors: rgiEncoder(new StateDict(graph, 'encoder.'), image(graph, 'image', CROP_SIZE), oneHot(graph)),
  }),
};

/** `style_vectors [1,12,1280]` → `style_codes [1,12,18,512]`. */
export const STYLE_CODES: StageNetwork = {
  key: 'rgi-style-codes',
  weights: alone('rgi'),
  build: (graph) => ({
    style_codes: regionStyleCodes(
      new StateDict(graph),
      graph.input('style_vectors', [1, REGION_COUNT, STYLE_VECTOR_SIZE]),
    ),
  }),
};

/**
 * `style_codes [1,12,18,512]`, `one_hot` and the region inputs for these capacities → `image [1,3,1024,1024]`, about
 * [-1, 1]. Noise is the checkpoint's own, the same every time.
 */
export const generatorOf = (capacities: RegionCapacities): StageNetwork => ({
  key: `rgi-generator ${capacitiesKey(capacities)}`,
  weights: alone('rgi'),
  build: (graph) => {
    const codes = graph.input('style_codes', [1, REGION_COUNT, STYLE_ROWS, STYLE_SIZE]);
    const map = { oneHot: oneHot(graph), form: { kind: 'exact', capacities } } as const;
    // The upper layers' style is the same for every face, so it is folded into their kernels.
    const average = latentAverage(new StateDict(graph));
    return { image: maskGuidedGenerator(new StateDict(graph, 'G.'), codes, map, { latentAverage: average }) };
  },
});

/** `picture`, `target` `[1,3,256,256]` normalised as for ImageNet and their labels `[1,1,256,256]` → `y` in [0, 1]. */
export const RECOLORER: StageNetwork = {
  key: 'recolor-blender',
  weights: alone('recolor-blender'),
  build: (graph) => {
    const labels = (name: string): Value => image(graph, name, RECOLORER_SIZE, 1);
    const { y } = recolorer(new StateDict(graph), {
      picture: image(graph, 'picture', RECOLORER_SIZE),
      pictureLabels: labels('picture_labels'),
      target: image(graph, 'target', RECOLORER_SIZE),
      targetLabels: labels('target_labels'),
    });
    return { y };
  },
};

const UPSCALERS = { 'realesrgan-x4plus': 64, 'gpen-realesrnet-x4': 32 } as const;
export type UpscalerId = keyof typeof UPSCALERS;

/** `x [1,3,height,width]` in [0, 1] → `y [1,3,4·height,4·width]`, about [0, 1]. */
export const upscalerOf = (network: UpscalerId, width: number, height: number): StageNetwork => ({
  key: `${network} ${width}x${height}`,
  weights: alone(network),
  build: (graph) => ({ y: rrdbNet(new StateDict(graph), graph.input('x', [1, 3, height, width]), UPSCALERS[network]) }),
});

/** `x [1,3,512,512]` in [-1, 1] → `y`, about [-1, 1]. */
export const GPEN: StageNetwork = {
  key: 'gpen-bfr-512',
  weights: alone('gpen-bfr-512'),
  build: (graph) => ({ y: gpen(new StateDict(graph), image(graph, 'x', GPEN_SIZE)) }),
};

/** `x [1,3,512,512]` in [-1, 1] → `mask [1,19,512,512]`, logits. */
export const GPEN_PARSER: StageNetwork = {
  key: 'gpen-parsenet',
  weights: alone('gpen-parsenet'),
  build: (graph) => ({ mask: parseNet(new StateDict(graph), image(graph, 'x', GPEN_SIZE)).mask }),
};

/** `x [1,3,1024,1024]`, BGR less its means → `loc`, `conf`, `landms`. */
export const GPEN_DETECTOR: StageNetwork = {
  key: 'gpen-retinaface-r50',
  weights: alone('gpen-retinaface-r50'),
  build: (graph) => ({ ...retinaFace(new StateDict(graph), image(graph, 'x', CROP_SIZE)) }),
};

/** Names of the noise inputs of `INPAINTER`. */
export const inpainterNoise = INPAINTER_NOISE_SIZES.map((size, layer) => ({ name: `noise_${layer}`, size }));

/** `x [1,4,256,256]`, `ratio [1]` and noise → `y [1,3,256,256]`, about [0, 1]. */
export const INPAINTER: StageNetwork = {
  key: 'inpainting-gcfsr',
  weights: alone('inpainting-gcfsr'),
  build: (graph) => {
    const noise = inpainterNoise.map(({ name, size }) => image(graph, name, size, 1));
    const x = image(graph, 'x', INPAINTER_SIZE, 4);
    return { y: inpainter(new StateDict(graph), x, graph.input('ratio', [1]), noise).y };
  },
};

/** `x [1,3,512,512]` in [-1, 1] → `y`, about [-1, 1]. */
export const CODEFORMER: StageNetwork = {
  key: 'codeformer',
  weights: alone('codeformer'),
  build: (graph) => {
    const options = { fidelity: graph.constant(CODEFORMER_FIDELITY) };
    return { y: codeFormer(new StateDict(graph), image(graph, 'x', CODEFORMER_SIZE), options).y };
  },
};
