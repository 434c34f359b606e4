/** The quality gate's rules about a pair, once both faces are parsed: said in plain words, and the user may go on. */
import type { GateRule } from '#engine/face/gate.ts';
import { PARTS } from '#engine/face/mesh.ts';
import { anglesOf } from '#engine/face/pose.ts';
import { affineScale } from '#engine/image/affine.ts';
import { gaussianBlur } from '#engine/image/blur.ts';
import { fillPolygon } from '#engine/image/polygon.ts';
import type { ClassicFace } from './classic-face.ts';
import { contourPoints } from './contours.ts';
import { findGlasses } from './glasses.ts';
import { sourceCover } from './mattes.ts';
import { keepsTargetEye, keepsTargetMouth } from './opacity.ts';
import { findStrands } from './strands.ts';

/** What the rules look at. */
export interface PairContext {
  readonly sourceGlasses: boolean;
  readonly sourceDarkGlasses: boolean;
  /** Hair lies across one cheek of the source. */
  readonly sourceStrands: boolean;
  readonly targetDarkGlasses: boolean;
  /** Share of the face that something lies over, [0, 1]. */
  readonly sourceCovered: number;
  readonly targetCovered: number;
  /** Median lightness of the skin, [0, 1]. */
  readonly sourceLightness: number;
  readonly targetLightness: number;
  /** How much finer the target's detail is than the source's. */
  readonly detailRatio: number;
  /** Pixels of the crop in one of the source's photo, above 1 when the source is enlarged. */
  readonly enlargement: number;
  /** Difference of the directions of view, degrees. */
  readonly turn: number;
  readonly keepsMouth: boolean;
  readonly keepsEye: boolean;
}

export const PAIR_LIMITS = {
  covered: { degrades: 0.18, blocks: 0.6 },
  targetCovered: 0.5,
  tone: 0.33,
  detail: 2.2,
  enlargement: 1.9,
  turn: 35,
} as const;

function ovalOf({ aligned, parse }: ClassicFace): Float32Array {
  const { size } = parse;
  return fillPolygon(contourPoints(aligned.landmarks, PARTS.oval, size / aligned.size), size, size);
}

function meanUnder(mask: Float32Array, value: (i: number) => number): number {
  let sum = 0;
  let weight = 1e-6;
  for (let i = 0; i < mask.length; i++) {
    sum += mask[i]! * value(i);
    weight += mask[i]!;
  }
  return sum / weight;
}

function medianLightness(oval: Float32Array, { skin, lightness }: ClassicFace['parse']): number {
  const seen = lightness.filter((_, i) => oval[i]! > 0.5 && skin[i]! > 0.8).sort();
  return seen[seen.length >> 1] ?? 0.5;
}

function detailOf(oval: Float32Array, { lightness, size }: ClassicFace['parse']): number {
  const smooth = gaussianBlur(lightness, size, size, 1.2);
  return meanUnder(oval, (i) => Math.abs(lightness[i]! - smooth[i]!));
}

/** Measures a pair. */
export function pairContext(source: ClassicFace, target: ClassicFace): PairContext {
  const [s, t] = [source.aligned, target.aligned];
  const [sourceOval, targetOval] = [ovalOf(source), ovalOf(target)];
  const cover = sourceCover(source);
  const eyes = ['rightEye', 'leftEye'] as const;
  return {
    sourceGlasses: findGlasses(source.parse, s.landmarks, s.size).found,
    sourceDarkGlasses: source.parse.darkGlasses,
    sourceStrands: findStrands(source.parse, s.landmarks, s.size).found,
    targetDarkGlasses: target.parse.darkGlasses,
    sourceCovered: meanUnder(sourceOval, (i) => cover[i]!),
    targetCovered: meanUnder(targetOval, (i) => (target.parse.skin[i]! < 0.5 ? 1 : 0)),
    sourceLightness: medianLightness(sourceOval, source.parse),
    targetLightness: medianLightness(targetOval, target.parse),
    detailRatio: detailOf(targetOval, target.parse) / Math.max(1e-4, detailOf(sourceOval, source.parse)),
    enlargement: 1 / affineScale(s.toPhoto),
    turn: Math.abs(anglesOf(source.pose.rotation).yaw - anglesOf(target.pose.rotation).yaw),
    keepsMouth: keepsTargetMouth(s.landmarks, t.landmarks) > 0.5,
    keepsEye: eyes.some((eye) => keepsTargetEye(s.landmarks, t.landmarks, eye) > 0.5),
  };
}

export const PAIR_RULES = [
  {
    rule: 'source-glasses',
    check({ sourceGlasses, sourceDarkGlasses }) {
      if (sourceDarkGlasses) {
        return {
          severity: 'degrades',
          message: 'The source wears dark glasses or has its eyes covered: the eyes stay those of the target.',
        };
      }
      if (!sourceGlasses) return undefined;
      return {
        severity: 'degrades',
        message: 'The source wears glasses: the frame is left out, but traces of it may remain round the eyes.',
      };
    },
  },
  {
    rule: 'source-covered',
    check({ sourceCovered, sourceStrands }) {
      if (sourceCovered > PAIR_LIMITS.covered.blocks) {
        return {
          severity: 'blocks',
          message: 'Most of the face of the source is covered: there is too little to take.',
        };
      }
      if (sourceCovered <= PAIR_LIMITS.covered.degrades && !sourceStrands) return undefined;
      return {
        severity: 'degrades',
        message: 'Hair, a beard or something else covers part of the source: what is hidden stays the target’s.',
      };
    },
  },
  {
    rule: 'target-covered',
    check({ targetCovered, targetDarkGlasses }) {
      if (targetCovered > PAIR_LIMITS.targetCovered) {
        return {
          severity: 'degrades',
          message: 'Most of the face of the target is covered: little of it will change.',
        };
      }
      if (!targetDarkGlasses) return undefined;
      return { severity: 'info', message: 'The eyes of the target are covered: what lies over them stays in front.' };
    },
  },
  {
    rule: 'tone',
    check({ sourceLightness, targetLightness }) {
      if (Math.abs(sourceLightness - targetLightness) <= PAIR_LIMITS.tone) return undefined;
      return {
        severity: 'degrades',
        message: 'Skin or light of the two faces differ very much: shine and lips may look unnatural.',
      };
    },
  },
  {
    rule: 'soft-source',
    check({ detailRatio, enlargement }) {
      if (enlargement <= PAIR_LIMITS.enlargement && detailRatio <= PAIR_LIMITS.detail) return undefined;
      return {
        severity: 'degrades',
        message: 'The source is smaller or less sharp than the target: the new face will look soft.',
      };
    },
  },
  {
    rule: 'turn',
    check({ turn }) {
      if (turn <= PAIR_LIMITS.turn) return undefined;
      return {
        severity: 'degrades',
        message: `The two faces look in different directions (about ${Math.round(turn)}° apart): one side is guessed.`,
      };
    },
  },
  {
    rule: 'source-teeth',
    check({ keepsMouth }) {
      if (!keepsMouth) return undefined;
      return {
        severity: 'info',
        message: 'The mouths are open differently: the inside of the mouth stays the target’s.',
      };
    },
  },
  {
    rule: 'closed-eye',
    check({ keepsEye }) {
      if (!keepsEye) return undefined;
      return { severity: 'info', message: 'An eye is closed in one picture only: it stays as the target has it.' };
    },
  },
] as const satisfies readonly GateRule<PairContext>[];
