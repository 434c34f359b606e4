/** One engine process, serving any number of windows. */
import { type FrameChannel, serveRouter } from '#main/rpc/serve.ts';
import { createEngineRouter, type EngineServices } from './engine-router.ts';
import { createLane } from './lane.ts';
import { createPhotoLeases } from './photo-leases.ts';

const GRACE_MS = 10 * 60_000;

export interface EngineServer {
  serve(channel: FrameChannel): void;
}

/** @param options.graceMs how long the pictures of a lost window stay open */
export function createEngineServer(services: EngineServices, { graceMs = GRACE_MS } = {}): EngineServer {
  const lanes = { work: createLane(), packs: createLane() };
  const leases = createPhotoLeases((photo) => services.studio.close(photo), graceMs);
  return {
    serve(channel) {
      const photos = leases();
      channel.onClose(() => photos.end());
      serveRouter(createEngineRouter(services, lanes, photos), channel);
    },
  };
}
