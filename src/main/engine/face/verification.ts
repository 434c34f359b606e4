/**
 * Tells faces from what merely looks like one to the detector. On a real face the mesh settles: looked at again, a
 * little turned, shifted and resized, it lies where it lay. On hair, cloth or an ear every look gives another mesh, even
 * where the network is sure that there is a face.
 */
import { throwIfCancelled } from '#engine/errors.ts';
import type { Detection } from './detector-head.ts';
import { type LandmarkModel, type MeshFit, regionOfDetection, regionOfLandmarks } from './landmarks.ts';
import { MESH_POINTS } from './mesh.ts';
import type { PictureView } from './picture-view.ts';
import { anglesOf, type HeadAngles, type Pose, poseOf } from './pose.ts';
import type { SquareRegion } from './region.ts';

export interface Verdict {
  /** The settled mesh. */
  readonly fit: MeshFit;
  readonly pose: Pose;
  readonly angles: HeadAngles;
  /** The lowest face presence of all looks, [0, 1]. */
  readonly presence: number;
  /**
   * Mean distance between the meshes of differently placed looks, in centimetres of the canonical face. Up to 0.65 on
   * faces of 45 pixels and more, above 0.8 on nearly everything else.
   */
  readonly disagreement: number;
  /** Mean movement of the mesh from the second pass to the third, same unit: up to 0.25 on faces. */
  readonly drift: number;
}

/** Presence below which nothing is looked at further: after the first rough pass, and later. */
const HOPELESS = { rough: 0.01, settling: 0.3 } as const;

/** The mesh has settled when a pass moves it by less than this, centimetres of the canonical face. */
const SETTLED = 0.04;
const MAX_SETTLING_PASSES = 4;

/** How the region of two further looks differs from the settled one: shift and size in shares of it, turn in radians. */
const LOOKS = [
  { shift: [0.03, -0.03], scale: 1.12, turn: 0.17 },
  { shift: [-0.03, 0.03], scale: 0.95, turn: -0.17 },
] as const;

function disturbed(region: SquareRegion, look: (typeof LOOKS)[number]): SquareRegion {
  return {
    cx: region.cx + look.shift[0] * region.size,
    cy: region.cy + look.shift[1] * region.size,
    size: region.size * look.scale,
    angle: region.angle + look.turn,
  };
}

/** Mean distance of the mesh points of two fits, picture pixels. */
function meanDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < MESH_POINTS; i++) sum += Math.hypot(a[3 * i]! - b[3 * i]!, a[3 * i + 1]! - b[3 * i + 1]!);
  return sum / MESH_POINTS;
}

/**
 * Passes until the mesh lies still: the first is rough, the second places it, the third tells how far it still moves.
 * Undefined when the network sees no face.
 */
async function settle(
  model: LandmarkModel,
  picture: PictureView,
  region: SquareRegion,
): Promise<{ fit: MeshFit; drift: number; presence: number } | undefined> {
  const rough = await model.fit(picture, region);
  if (rough.presence < HOPELESS.rough) return undefined;
  let fit = await model.fit(picture, regionOfLandmarks(rough.landmarks));
  let presence = fit.presence;
  let drift: number | undefined;
  for (let pass = 0; pass < MAX_SETTLING_PASSES && presence >= HOPELESS.settling; pass++) {
    const next = await model.fit(picture, regionOfLandmarks(fit.landmarks));
    const moved = meanDistance(fit.landmarks, next.landmarks) / poseOf(next.landmarks).scale;
    fit = next;
    drift ??= moved;
    presence = Math.min(presence, fit.presence);
    if (moved < SETTLED) break;
  }
  return drift === undefined || presence < HOPELESS.settling ? undefined : { fit, drift, presence };
}

/** Fits the mesh from a region and judges it; undefined when there is no face at all. */
export async function judge(
  model: LandmarkModel,
  picture: PictureView,
  region: SquareRegion,
  signal?: AbortSignal,
): Promise<Verdict | undefined> {
  throwIfCancelled(signal);
  const settled = await settle(model, picture, region);
  if (settled === undefined) return undefined;
  const { fit, drift, presence } = settled;
  const around = regionOfLandmarks(fit.landmarks);
  const looks: MeshFit[] = [];
  for (const look of LOOKS) {
    throwIfCancelled(signal);
    looks.push(await model.fit(picture, disturbed(around, look)));
  }
  const pose = poseOf(fit.landmarks);
  return {
    fit,
    pose,
    angles: anglesOf(pose.rotation),
    presence: Math.min(presence, ...looks.map((look) => look.presence)),
    disagreement: meanDistance(looks[0]!.landmarks, looks[1]!.landmarks) / pose.scale,
    drift,
  };
}

/** What a verdict must reach to count as a face on its own. */
const LIMITS = { presence: 0.95, disagreement: 0.75, drift: 0.35 } as const;
/** A verdict as good as this needs no second opinion from another orientation. */
const CLEAR = { presence: 0.99, disagreement: 0.5, drift: 0.2 } as const;

const within = (verdict: Verdict, limits: typeof LIMITS | typeof CLEAR): boolean =>
  verdict.presence >= limits.presence && verdict.disagreement <= limits.disagreement && verdict.drift <= limits.drift;

export const isConsistent = (verdict: Verdict): boolean => within(verdict, LIMITS);

/** Lower is better; a missing face is worst. */
const penalty = (verdict: Verdict): number =>
  verdict.disagreement / LIMITS.disagreement + verdict.drift / LIMITS.drift + 4 * (1 - verdict.presence);

/**
 * The mesh of a detection. With `reorient` an unclear verdict is checked against the three other orientations: the
 * detector's key points may be turned by a quarter or a half, since upside-down faces look like faces too.
 */
export async function judgeDetection(
  model: LandmarkModel,
  picture: PictureView,
  detection: Detection,
  options: { readonly reorient: boolean; readonly signal?: AbortSignal | undefined },
): Promise<Verdict | undefined> {
  const region = regionOfDetection(detection);
  let best = await judge(model, picture, region, options.signal);
  if (!options.reorient) return best;
  for (let quarter = 1; quarter < 4; quarter++) {
    if (best !== undefined && within(best, CLEAR)) break;
    const turned = { ...region, angle: region.angle + (quarter * Math.PI) / 2 };
    const other = await judge(model, picture, turned, options.signal);
    // A profile is unsteady however one looks at it: only a proven face may take the place of the first reading.
    if (other !== undefined && isConsistent(other) && (best === undefined || penalty(other) < penalty(best)))
      best = other;
  }
  return best;
}
