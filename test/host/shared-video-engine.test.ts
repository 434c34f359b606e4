import { expect, it } from 'vitest';
import { createLane } from '#engine/host/lane.ts';
import { shareLane } from '#engine/host/shared-video-engine.ts';
import type { VideoEngine } from '#engine/jobs/video-engine.ts';
import type { Frame } from '#engine/pipeline/frame-swapper.ts';
import { DEFAULT_SWAP_SETTINGS, DEFAULT_VIDEO_SETTINGS } from '#shared/settings.ts';

it('lets a photo in between two frames of a job', async () => {
  const lane = createLane();
  const order: string[] = [];
  const work = async (what: string) => {
    order.push(`${what} begins`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    order.push(`${what} ends`);
  };
  const frame = (index: number): Frame => ({ index, width: 1, height: 1, pixels: new Uint8Array(3) });
  const engine = shareLane(
    {
      openSwapper: async () => ({
        async swap({ index, pixels }) {
          await work(`frame ${index}`);
          return { pixels, swapped: [], skipped: [] };
        },
        [Symbol.asyncDispose]: async () => undefined,
      }),
    } satisfies Pick<VideoEngine, 'openSwapper'> as unknown as VideoEngine,
    lane,
  );
  const swapper = await engine.openSwapper({
    swap: DEFAULT_SWAP_SETTINGS,
    video: DEFAULT_VIDEO_SETTINGS,
    sources: new Map(),
    timeline: { frames: 3, tracks: [], facesAt: () => [] },
  });
  const job = (async () => {
    for (let i = 0; i < 3; i++) await swapper.swap(frame(i), []);
  })();
  await new Promise((resolve) => setTimeout(resolve, 1));
  await lane(undefined, () => work('photo'));
  await job;
  expect(order).toEqual([
    'frame 0 begins',
    'frame 0 ends',
    'photo begins',
    'photo ends',
    'frame 1 begins',
    'frame 1 ends',
    'frame 2 begins',
    'frame 2 ends',
  ]);
});
