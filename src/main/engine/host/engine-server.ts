/** One engine process, serving any number of windows. */
import { type FrameChannel, serveRouter } from '#main/rpc/serve.ts';
import type { PhotoId } from '#shared/contract.ts';
import { createEngineRouter, type EngineServices } from './engine-router.ts';
import { createPhotoLeases, type LeaseLimits } from './photo-leases.ts';
import type { PhotoFile } from './video-router.ts';
import { createWindowMedia } from './window-media.ts';

const GRACE_MS = 10 * 60_000;
/** As much as one very large photo takes, or a dozen ordinary ones. */
const ORPHAN_BYTES = 512 * 2 ** 20;

export interface EngineServer {
  serve(channel: FrameChannel): void;
}

/** @param limits of the pictures of lost windows */
export function createEngineServer(
  services: EngineServices,
  { graceMs = GRACE_MS, orphanBytes = ORPHAN_BYTES }: Partial<LeaseLimits> = {},
): EngineServer {
  const photoFiles = new Map<PhotoId, PhotoFile>();
  const leases = createPhotoLeases(
    (photo) => {
      photoFiles.delete(photo);
      return services.studio.close(photo);
    },
    { graceMs, orphanBytes },
  );
  return {
    serve(channel) {
      const photos = leases();
      const media = createWindowMedia(services.ask);
      channel.onClose(() => {
        photos.end();
        media.end();
      });
      serveRouter(createEngineRouter(services, { photos, media, photoFiles }), channel);
    },
  };
}
