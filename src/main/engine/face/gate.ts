/**
 * The quality gate: says in plain words, before a swap, what will not work. Rules are rows; a later stage that knows
 * more than geometry (glasses, cover) adds rows of its own over a wider context. The user may go on regardless.
 */
import type { Warning } from '#shared/contract.ts';
import type { DetectedFace } from './faces.ts';

export interface GateRule<Context> {
  /** Stable name: the window and scripts know rules by it. */
  readonly rule: string;
  /** What the rule says about a face; undefined when it has nothing to say. */
  check(context: Context): Omit<Warning, 'rule'> | undefined;
}

/** What geometry alone knows about a face. */
export interface FaceContext {
  readonly face: Pick<DetectedFace, 'box' | 'pose' | 'disagreement'>;
  /** Size of the picture that the face was found in, pixels. */
  readonly picture: { readonly width: number; readonly height: number };
  /** How many faces the picture shows. */
  readonly faceCount: number;
}

/** Degrees, pixels and shares at which a rule speaks. */
export const GATE_LIMITS = {
  yaw: { degrades: 30, blocks: 45 },
  /** The mesh reads an ordinary straight look as about 8 degrees down. */
  pitch: { up: 25, down: 38 },
  /** Longer side of the face's box. */
  size: { degrades: 100, blocks: 40 },
  /** Share of the face's box outside the picture. */
  cut: { degrades: 0.02, blocks: 0.3 },
  /** Centimetres; see `Verdict.disagreement`. */
  disagreement: 0.75,
} as const;

/** Share of a box that lies outside the picture, [0, 1]. */
export function shareOutside(
  [x, y, width, height]: readonly [number, number, number, number],
  picture: { readonly width: number; readonly height: number },
): number {
  const insideWidth = Math.max(0, Math.min(x + width, picture.width) - Math.max(x, 0));
  const insideHeight = Math.max(0, Math.min(y + height, picture.height) - Math.max(y, 0));
  return 1 - (insideWidth * insideHeight) / (width * height);
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

export const GEOMETRY_RULES = [
  {
    rule: 'yaw',
    check({ face }) {
      const angle = Math.abs(face.pose.yaw);
      if (angle > GATE_LIMITS.yaw.blocks) {
        return {
          severity: 'blocks',
          message: 'The face is seen from the side: half of it is hidden, so it cannot be swapped well.',
        };
      }
      if (angle > GATE_LIMITS.yaw.degrades) {
        return {
          severity: 'degrades',
          message: `The face is turned to the side by about ${Math.round(angle)}°: its far side may look smeared.`,
        };
      }
      return undefined;
    },
  },
  {
    rule: 'pitch',
    check({ face }) {
      const { pitch } = face.pose;
      if (pitch <= GATE_LIMITS.pitch.up && pitch >= -GATE_LIMITS.pitch.down) return undefined;
      const direction = pitch > 0 ? 'up' : 'down';
      return {
        severity: 'degrades',
        message: `The face looks steeply ${direction}: its proportions may come out wrong.`,
      };
    },
  },
  {
    rule: 'small-face',
    check({ face }) {
      const side = Math.max(face.box[2], face.box[3]);
      const size = `${Math.round(side)} pixels`;
      if (side < GATE_LIMITS.size.blocks) {
        return {
          severity: 'blocks',
          message: `The face is only ${size} high: there is too little of it to work with.`,
        };
      }
      if (side < GATE_LIMITS.size.degrades) {
        return { severity: 'degrades', message: `The face is only ${size} high: the result will be soft.` };
      }
      return undefined;
    },
  },
  {
    rule: 'cut-by-edge',
    check({ face, picture }) {
      const outside = shareOutside(face.box, picture);
      if (outside > GATE_LIMITS.cut.blocks) {
        return { severity: 'blocks', message: `About ${percent(outside)} of the face lies outside the picture.` };
      }
      if (outside > GATE_LIMITS.cut.degrades) {
        return {
          severity: 'degrades',
          message: 'The edge of the picture cuts into the face: what is cut off is guessed.',
        };
      }
      return undefined;
    },
  },
  {
    rule: 'unsteady',
    check({ face }) {
      if (face.disagreement === undefined || face.disagreement <= GATE_LIMITS.disagreement) return undefined;
      return {
        severity: 'degrades',
        message: 'The outline of the face is hard to tell, perhaps because it is covered or seen from the side.',
      };
    },
  },
  {
    rule: 'several-faces',
    check({ faceCount }) {
      if (faceCount < 2) return undefined;
      return {
        severity: 'info',
        message: `The picture shows ${faceCount} faces; the largest is taken unless another is chosen.`,
      };
    },
  },
] as const satisfies readonly GateRule<FaceContext>[];

/** What the rules say about one face or pair, in the order of the table. */
export function runGate<Context>(rules: readonly GateRule<Context>[], context: Context): Warning[] {
  return rules.flatMap((rule) => {
    const finding = rule.check(context);
    return finding === undefined ? [] : [{ rule: rule.rule, ...finding }];
  });
}
