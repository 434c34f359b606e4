/** The working sizes of faces in a clip. */
import { type CropSize, chooseCropSize, type FfhqFrame, frameSide } from '#engine/face/alignment.ts';
import type { FaceTimeline } from '#engine/face/tracks/timeline.ts';
import type { VideoDetail } from '#shared/settings.ts';

/** Largest crop of each detail, pixels. */
export const LARGEST_CROP: Readonly<Record<VideoDetail, CropSize>> = { fast: 384, high: 1024 };

/**
 * One working size a track, by the middle of its squares: a size that changed from frame to frame would be seen. Tracks
 * that cannot be exchanged anywhere have none.
 */
export function trackSizes(timeline: FaceTimeline, largest: CropSize): Map<number, CropSize> {
  const seen = new Map<number, FfhqFrame[]>();
  for (let frame = 0; frame < timeline.frames; frame++) {
    for (const { track, frame: square, skip } of timeline.facesAt(frame)) {
      if (skip !== undefined) continue;
      const known = seen.get(track);
      if (known) known.push(square);
      else seen.set(track, [square]);
    }
  }
  const middle = (squares: FfhqFrame[]) => squares.sort((a, b) => frameSide(a) - frameSide(b))[squares.length >> 1]!;
  return new Map([...seen].map(([track, squares]) => [track, chooseCropSize(middle(squares), largest)]));
}
