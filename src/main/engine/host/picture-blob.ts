import type { EncodedPicture } from '#engine/pipeline/photo-studio.ts';

/** An encoded picture as it travels to a window. */
export const toBlob = ({ bytes, mime }: Pick<EncodedPicture, 'bytes' | 'mime'>): Blob =>
  new Blob([bytes], { type: mime });
