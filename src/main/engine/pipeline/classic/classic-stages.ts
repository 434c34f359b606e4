/** The classic engine's stages: geometry and image statistics in the place of networks. */
import { throwIfCancelled } from '#engine/errors.ts';
import { mapPoints } from '#engine/face/alignment.ts';
import { runGate } from '#engine/face/gate.ts';
import type { PersonSegmenter } from '#engine/face/person-mask.ts';
import type { Plane, RgbImage } from '#engine/image/picture.ts';
import { sameArena } from '#engine/image/planes.ts';
import { halfPlane, halfRgb } from '#engine/image/resize.ts';
import { warpAffine } from '#engine/image/warp.ts';
import type { SwapSettings } from '#shared/settings.ts';
import type { StageId } from '#shared/stages.ts';
import type { EngineStages, PairStates } from '../engine-stages.ts';
import { labelPicture } from '../label-picture.ts';
import { memoOn, memoWith } from '../memo.ts';
import type { DrawnStage } from '../stage-picture.ts';
import { type ClassicFace, classicFace } from './classic-face.ts';
import { composeFace, type FaceLayer, faceLayer } from './compose-face.ts';
import { type CompositeMesh, composeMesh } from './composite-mesh.ts';
import { draftAligned, draftFace } from './draft.ts';
import { type Exchange, exchange } from './exchange.ts';
import { matchGrey } from './grey.ts';
import { fillLost } from './inpaint.ts';
import { occluderMatte, softSkin } from './mattes.ts';
import { textureOpacity } from './opacity.ts';
import { PAIR_RULES, type PairContext, pairContext } from './pair-gate.ts';
import { PARSE_SIZE, parseFace } from './parse/parse-face.ts';
import { applyChange } from './recolor/light-change.ts';
import { planRecolor, type RecolorPlan } from './recolor/recolor.ts';
import { type ShapeWeights, shapeWeights } from './shape/shape-weights.ts';
import { createTopology, type FaceTopology } from './shape/topology.ts';
import { drivenLabels, drivenPicture, exchangedLabels, texturePicture } from './stage-pictures.ts';
import { type DrivenTexture, drivenTexture } from './texture/driven-texture.ts';

/** All of the source's shape: what the driven face wears. */
const WHOLE_SHAPE: ShapeWeights = { contour: 1, nose: 1, eyes: 1, brows: 1, mouth: 0.25, lips: 1 };

export interface Recolored {
  readonly plan: RecolorPlan;
  readonly image: RgbImage;
}

type States = PairStates<ClassicFace, CompositeMesh, Exchange, DrivenTexture, Recolored>;
export type ClassicStages = EngineStages<ClassicFace, CompositeMesh, Exchange, DrivenTexture, Recolored>;

const matteOf = memoWith(({ aligned, parse }: ClassicFace) => ({
  size: aligned.size,
  data: occluderMatte(aligned.crop, parse, aligned.landmarks),
}));
const skinOf = ({ parse }: ClassicFace) => ({ size: parse.size, data: softSkin(parse) });

/** The gate looks at a pair once, however often a slider moves. */
const warningsOf = memoOn((source: ClassicFace) =>
  memoOn((target: ClassicFace) => runGate<PairContext>(PAIR_RULES, pairContext(source, target))),
);

const shapeKey = (settings: SwapSettings): string => JSON.stringify(shapeWeights(settings.regions, settings.amount));

const textureKey = ({ regions, amount }: SwapSettings): string =>
  JSON.stringify(Object.values(regions).map((r) => (r.texture ? r.amount * amount : 0)));

function settingsKey(stage: StageId, settings: SwapSettings): string {
  switch (stage) {
    case 'exchange':
    case 'generate':
      return shapeKey(settings);
    case 'recolor':
      return `${shapeKey(settings)}|${settings.recolor}`;
    default:
      return `${shapeKey(settings)}|${settings.recolor}|${textureKey(settings)}`;
  }
}

function picture(stage: DrawnStage, states: States, topology: FaceTopology): RgbImage {
  const { size } = states.alignedTarget;
  switch (stage) {
    case 'reenact':
      return drivenPicture(states.source, states.target, states.driven, topology);
    case 'parse-source':
      return drivenLabels(states.driven, size);
    case 'parse-target':
      return labelPicture(states.target.parse.labels());
    case 'exchange':
      return exchangedLabels(states.target, states.exchanged);
    case 'generate':
      return texturePicture(states.generated.image, states.generated, size);
    case 'recolor':
      return texturePicture(states.recolored.image, states.generated, size);
  }
}

/** What finds the person of a crop: `FaceAnalyser`, or whoever asks one. */
export interface PersonMasks {
  personSegmenter(): Promise<Pick<PersonSegmenter, 'mask'>>;
}

export function createClassicStages(masks: PersonMasks, topology: FaceTopology = createTopology()): ClassicStages {
  const plans = new WeakMap<DrivenTexture, RecolorPlan>();
  /** The layer of each plan's latest region switches: a recolour slider does not touch it. */
  const layers = new WeakMap<RecolorPlan, { readonly key: string; readonly layer: FaceLayer }>();
  const layerOf = (
    source: ClassicFace,
    target: ClassicFace,
    exchanged: Exchange,
    texture: DrivenTexture,
    plan: RecolorPlan,
    settings: SwapSettings,
  ): FaceLayer => {
    const key = textureKey(settings);
    const known = layers.get(plan);
    if (known?.key === key) return known.layer;
    const opacity = textureOpacity(
      exchanged.local,
      exchanged.window.width,
      exchanged.window.height,
      target.aligned.size / 1024,
      settings.regions,
      settings.amount,
      source.aligned.landmarks,
      target.aligned.landmarks,
      plan.features,
    );
    const layer = faceLayer(texture, exchanged, plan.both, opacity);
    layers.set(plan, { key, layer });
    return layer;
  };
  return {
    id: 'classic',
    settingsKey,
    draft: { aligned: draftAligned, parsed: draftFace },
    async parse(aligned, signal) {
      const here = sameArena();
      const { size, crop, landmarks } = aligned;
      const full = PARSE_SIZE.full;
      const small = warpAffine(crop, [size / full, 0, 0, 0, size / full, 0], full, full);
      const segmenter = await masks.personSegmenter();
      const person = await segmenter.mask(small);
      throwIfCancelled(signal);
      return here(() => {
        const read = (image: RgbImage, mask: Plane) => {
          const scale = image.width / size;
          return parseFace(image, mapPoints(landmarks, [scale, 0, 0, 0, scale, 0], 3), mask.data);
        };
        const parse = aligned.coarse ? read(halfRgb(small), halfPlane(person)) : read(small, person);
        return classicFace(aligned, parse);
      });
    },
    reenact: (source, target) => composeMesh(source, target, WHOLE_SHAPE, topology),
    exchange: (source, target, _driven, { regions, amount }) =>
      exchange(source, target, matteOf(target), skinOf(target), shapeWeights(regions, amount), topology),
    generate: (source, target, { mesh, window, occluder }) =>
      drivenTexture(source, target, mesh, window, topology, occluder),
    recolor(source, target, exchanged, texture, settings) {
      let plan = plans.get(texture);
      if (!plan) {
        plan = planRecolor(texture, exchanged, source, target);
        plans.set(texture, plan);
      }
      return { plan, image: applyChange(plan.change, texture.image, plan.log, texture.coverage, settings.recolor) };
    },
    blend: (source, target, exchanged, texture, { plan, image }, settings) =>
      composeFace(image, texture, exchanged, layerOf(source, target, exchanged, texture, plan, settings)),
    inpaint(source, target, exchanged, texture, { plan }, blended, settings) {
      const { opacity } = layerOf(source, target, exchanged, texture, plan, settings);
      const filled = fillLost(blended, exchanged, texture, opacity);
      return matchGrey(filled, target.aligned.crop);
    },
    warnings: (source, target) => warningsOf(source)(target),
    picture: (stage, states) => picture(stage, states, topology),
  };
}
