import { expect, it } from 'vitest';
import type { TrackedFace } from '#engine/face/tracks/timeline.ts';
import { trackSizes } from '#engine/pipeline/track-sizes.ts';
import type { SkipReason } from '#shared/video.ts';

/** A face whose square has this side. */
const seen = (track: number, side: number, skip?: SkipReason) =>
  ({ track, frame: { centre: [0, 0], x: [side / 2, 0], y: [0, side / 2] }, skip }) as unknown as TrackedFace;

const timeline = (frames: TrackedFace[][]) => ({
  frames: frames.length,
  tracks: [],
  facesAt: (i: number) => frames[i]!,
});

it('takes one size a track by the middle of its usable squares, up to the largest', () => {
  const clip = timeline([
    [seen(0, 250), seen(1, 700), seen(2, 900, 'profile')],
    [seen(0, 260), seen(1, 200)],
    [seen(0, 380), seen(1, 700), seen(0, 2000, 'blurred')],
  ]);
  expect([...trackSizes(clip, 1024)]).toEqual([
    [0, 384],
    [1, 768],
  ]);
  expect([...trackSizes(clip, 384)]).toEqual([
    [0, 384],
    [1, 384],
  ]);
});
