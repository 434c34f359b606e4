/** How much of the source's texture shows at each pixel: region switches, and what the source cannot give. */
import type { FacePart } from '#engine/face/mesh.ts';
import { clamp, smoothstep } from '#engine/image/math.ts';
import { newPlane } from '#engine/image/planes.ts';
import type { RegionId } from '#shared/regions.ts';
import type { RegionSwitch } from '#shared/settings.ts';
import { lidOpenness, mouthOpenness } from './expression.ts';
import { featureMask, forBox } from './feature-masks.ts';
import type { FeatureGain } from './recolor/feature-gains.ts';

interface RegionZone {
  readonly region: RegionId;
  readonly parts: readonly FacePart[];
  /** Growth of the outlines to the zone that looks like the region. */
  readonly factor: number;
  /** Softness of the zone's edge, pixels at 1024. */
  readonly soft: number;
}

/** Painting order: later zones lie over earlier ones. Skin is everywhere first. */
const ZONES: readonly RegionZone[] = [
  { region: 'nose', parts: ['nose'], factor: 1.15, soft: 9 },
  { region: 'brows', parts: ['rightBrow', 'leftBrow'], factor: 1.4, soft: 8 },
  { region: 'eyes', parts: ['rightEye', 'leftEye'], factor: 1.7, soft: 8 },
  { region: 'lips', parts: ['outerLips'], factor: 1.12, soft: 4 },
  { region: 'mouth', parts: ['innerLips'], factor: 1, soft: 1.5 },
];

/** Mouth openness that counts as open and as shut, and the share of the target's gap that the source must show. */
const OPEN = 0.06;
const SHUT = 0.04;

/** 1 when the inside of the mouth must stay the target's: the source shows no teeth, or the target's lips are shut. */
export function keepsTargetMouth(source: Float32Array, target: Float32Array): number {
  const s = mouthOpenness(source);
  const t = mouthOpenness(target);
  if (t > OPEN) return clamp(1 - (s / t - 0.25) / 0.35, 0, 1);
  return s > SHUT + 0.01 && t < SHUT ? 1 : 0;
}

/** Openness of the lids round which an eye counts as shut, and as open; it passes gradually, as a blink does. */
const EYE_SHUT = 0.13;
const EYE_OPEN = 0.18;
const BLINK = 0.015;

const isShut = (openness: number): number => smoothstep(EYE_SHUT + BLINK, EYE_SHUT - BLINK, openness);
const isOpen = (openness: number): number => smoothstep(EYE_OPEN - BLINK, EYE_OPEN + BLINK, openness);

/** 1 when exactly one of the two eyes is shut: no texture can open or shut it. */
export function keepsTargetEye(source: Float32Array, target: Float32Array, eye: 'rightEye' | 'leftEye'): number {
  const s = lidOpenness(source, eye);
  const t = lidOpenness(target, eye);
  return Math.max(isShut(t) * isOpen(s), isShut(s) * isOpen(t));
}

/** Log luminance by which the target's eye must outshine the source's for it to stay: partly from, wholly to. */
const SHADED = { from: 0.75, to: 1.15 } as const;

/** How far an eye stays the target's because the source's lies in deep shadow: no gain brings back what is black. */
const staysShaded = (brighter: number): number => smoothstep(SHADED.from, SHADED.to, brighter);

/**
 * The source's share of the texture over the window, 0..1.
 * @param mesh the composite mesh in window pixels
 * @param scale window pixels at 1024 (size / 1024)
 * @param features what the recolouring measured of the features
 */
export function textureOpacity(
  mesh: Float32Array,
  width: number,
  height: number,
  scale: number,
  regions: Record<RegionId, RegionSwitch>,
  amount: number,
  sourceLandmarks: Float32Array,
  targetLandmarks: Float32Array,
  features: readonly Pick<FeatureGain, 'parts' | 'brighter'>[],
): Float32Array<ArrayBuffer> {
  const share = (id: RegionId) => (regions[id].texture ? regions[id].amount * amount : 0);
  const out = newPlane(width * height).fill(share('skin'));
  const paint = (parts: readonly FacePart[], factor: number, soft: number, value: number, strength = 1) => {
    const mask = featureMask(mesh, parts, width, height, factor, soft * scale);
    forBox(mask.box, width, (i, j) => {
      out[i]! += mask.data[j]! * strength * (value - out[i]!);
    });
  };
  for (const zone of ZONES) {
    if (share(zone.region) !== share('skin') || zone.region === 'mouth') {
      paint(zone.parts, zone.factor, zone.soft, share(zone.region));
    }
  }
  const keepMouth = keepsTargetMouth(sourceLandmarks, targetLandmarks);
  if (keepMouth > 0) paint(['innerLips'], 1.05, 2.5, 0, keepMouth);
  for (const eye of ['rightEye', 'leftEye'] as const) {
    const brighter = features.find(({ parts }) => parts.length === 1 && parts[0] === eye)?.brighter ?? 0;
    const kept = Math.max(keepsTargetEye(sourceLandmarks, targetLandmarks, eye), staysShaded(brighter));
    if (kept > 0) paint([eye], 1.7, 8, 0, kept);
  }
  return out;
}
