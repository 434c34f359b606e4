/** The rgi engine's stages: the networks of the paper, in the mended form of its published code. */
import { toByteImage } from '#engine/image/exact/byte-image.ts';
import type { ByteImage, RgbImage } from '#engine/image/picture.ts';
import type { Warning } from '#shared/contract.ts';
import type { SwapSettings } from '#shared/settings.ts';
import type { EngineStages } from '../engine-stages.ts';
import { memoOn } from '../memo.ts';
import type { RgiContext } from './context.ts';
import {
  drivePicture,
  type EncodedFace,
  encodeFace,
  encodeFrame,
  type RgiSource,
  type RgiTarget,
  readSource,
  soften,
} from './frame-preparation.ts';
import { generateFace } from './generate.ts';
import { CROP_SIZE } from './graphs.ts';
import { fillHole } from './inpaint.ts';
import { isEmptyHole } from './inpaint-merge.ts';
import { labelsOfFace } from './labels.ts';
import { compositeMasks, exchangedRegions, foreground } from './masks.ts';
import { blendFace } from './multi-band.ts';
import type { NetworkRunner, RgiNetworks } from './networks.ts';
import { PHOTO_PROFILE, type RgiProfile } from './profiles.ts';
import { partWarning, RGI_PARTS, type RgiPart } from './readiness.ts';
import { recolorFace } from './recolor.ts';
import { mergeRecolored } from './recolor-merge.ts';
import { recompose, shapeFaces } from './recompose.ts';
import { regionFaces, spreadRows, spreadShapes } from './region-faces.ts';
import { rgiPicture } from './stage-pictures.ts';
import type { RgiDriven, RgiExchange } from './stage-values.ts';
import { exchangeStyleRows } from './style-rows.ts';

export type RgiStages = EngineStages<RgiTarget, RgiDriven, RgiExchange, ByteImage, ByteImage, RgiSource>;

/** @throws RangeError before the driven face was parsed */
export function parsed(driven: RgiDriven): EncodedFace {
  const { picture, labels, vectors } = driven;
  if (labels === undefined || vectors === undefined) throw new RangeError('the driven face is not parsed');
  return { picture, labels, vectors };
}

/** `base` changed as `before` became `after`; where nothing changed it keeps its very numbers. */
function withChange(base: RgbImage, before: ByteImage, after: ByteImage): RgbImage {
  if (before === after) return base;
  const data = base.data.map((v, i) => v + (after.data[i]! - before.data[i]!) / 255);
  return { ...base, data };
}

const holeOf = ({ recomposed }: RgiExchange) => ({ size: recomposed.map.width, data: recomposed.hole });

/** What the stages run on. */
export interface StageContext {
  readonly networks: NetworkRunner & Pick<RgiNetworks, 'providers' | 'fallbacks'>;
  readonly features: RgiContext['features'];
}

/** @param context stays open as long as the stages are used */
export function createRgiStages(context: StageContext, profile: RgiProfile = PHOTO_PROFILE): RgiStages {
  const { networks, features } = context;
  const exchangeKey = ({ regions, amount }: SwapSettings): string =>
    JSON.stringify([
      profile.id,
      profile.table({ regions, amount }),
      shapeFaces(regions, amount),
      [...exchangedRegions(regions, amount)],
    ]);
  /** A changed strength does not run the network again. */
  const recolored = memoOn((_generated: ByteImage): { image: ByteImage | undefined } => ({ image: undefined }));
  const recolorPart = { upscaling: features.upscaling && profile.upscale };

  return {
    id: 'rgi',
    cropSize: CROP_SIZE,
    manySources: true,
    settingsKey: (stage, settings) =>
      stage === 'exchange' || stage === 'generate'
        ? exchangeKey(settings)
        : `${exchangeKey(settings)}|${settings.recolor}`,
    parse: (aligned, signal) => encodeFrame(context, aligned, signal),
    ofDriven: {
      source: (aligned, signal) => readSource(context, aligned, signal),
      parse: ({ picture }, signal) => encodeFace(context, picture, signal),
    },
    withVectors: (face, vectors) => ({ ...face, vectors }),
    reenact: async (source, target, signal) => ({ picture: await drivePicture(context, source, target, signal) }),
    exchange(_source, target, driven, { regions, amount }, others) {
      const faces = [target, parsed(driven), ...others.map((other) => parsed(other.driven))];
      const from = regionFaces(others.map((other) => other.regions));
      return {
        recomposed: recompose(
          faces.map(({ labels }) => labels.regions),
          spreadShapes(shapeFaces(regions, amount), from),
        ),
        vectors: exchangeStyleRows(
          faces.map(({ vectors }) => vectors),
          spreadRows(profile.table({ regions, amount }), from, faces.length),
        ),
        shown: exchangedRegions(regions, amount),
      };
    },
    async generate(_source, target, { vectors, recomposed, shown }, _settings, signal) {
      if (shown.size === 0) return target.picture;
      const face = await generateFace(networks, vectors, recomposed.map, signal);
      return profile.soften ? soften(face) : face;
    },
    async recolor(_source, target, { recomposed }, generated, { recolor }, signal) {
      if (!profile.recolor || recolor === 0 || generated === target.picture) return generated;
      const known = recolored(generated);
      known.image ??= await recolorFace(
        networks,
        recolorPart,
        { picture: generated, labels: await labelsOfFace(networks, generated, signal) },
        target,
        signal,
      );
      return mergeRecolored(generated, known.image, recomposed.map, recolor);
    },
    blend(_source, target, { recomposed, shown }, _generated, face) {
      const { picture, labels, aligned } = target;
      if (face === picture) return aligned.crop;
      const mask = foreground(recomposed, labels.regions, shown);
      return withChange(aligned.crop, picture, blendFace(face, picture, compositeMasks(mask, CROP_SIZE, profile.ring)));
    },
    async inpaint(_source, target, exchanged, _generated, _recolored, blended, _settings, signal) {
      if (!profile.inpaint || blended === target.aligned.crop) return blended;
      const picture = toByteImage(blended);
      return withChange(blended, picture, await fillHole(networks, features, picture, holeOf(exchanged), signal));
    },
    warnings: (_source, _target, exchanged) => partWarnings(context, profile, exchanged),
    picture: rgiPicture,
  };
}

/** What missing packs and devices did to a swap. */
function partWarnings({ networks, features }: StageContext, profile: RgiProfile, exchanged: RgiExchange): Warning[] {
  const fills = profile.inpaint && !isEmptyHole(holeOf(exchanged));
  const used: Record<RgiPart, boolean> = {
    enhancement: true,
    faceDetection: features.enhancement,
    faceMask: features.enhancement,
    surroundings: true,
    upscaling: (profile.recolor && profile.upscale) || (fills && features.inpainting),
    inpainting: fills,
    restoration: fills && features.inpainting,
  };
  const parts = RGI_PARTS.filter((part) => used[part] && !features[part]).map(partWarning);
  if (networks.fallbacks.length === 0) return parts;
  const reasons = networks.fallbacks.map(({ provider, reason }) => `${provider}: ${reason}`);
  const message = `Networks ran on the ${networks.providers.join(' and ')}. ${reasons.join('; ')}`;
  return [...parts, { rule: 'device', severity: 'info', message }];
}
