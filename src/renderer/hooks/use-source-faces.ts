/** Every face of every source photo, in the order of the panel. */

import { readingOrder } from '../model/faces.ts';
import type { SourceFace } from '../model/source-face.ts';
import { useEdit } from '../state/edit.ts';
import { usePhotos } from '../state/photos.ts';
import { text } from '../text.ts';

export interface NamedFace extends SourceFace {
  readonly label: string;
}

export function useSourceFaces(): NamedFace[] {
  const sources = useEdit((state) => state.history.present.sources);
  const byKey = usePhotos((state) => state.byKey);
  return sources.flatMap((key) => {
    const photo = byKey[key];
    const order = readingOrder(photo?.info.faces ?? []);
    return order.map((face, position) => ({
      photo: key,
      face,
      label: order.length === 1 ? (photo?.name ?? '') : text.faces.source(position + 1, photo?.name ?? ''),
    }));
  });
}
