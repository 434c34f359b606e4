/** What the stages of the rgi engine show. */
import { fromByteImage } from '#engine/image/exact/byte-image.ts';
import type { ByteImage, RgbImage } from '#engine/image/picture.ts';
import type { PairStates } from '../engine-stages.ts';
import { labelPicture } from '../label-picture.ts';
import type { DrawnStage } from '../stage-picture.ts';
import type { RgiSource, RgiTarget } from './frame-preparation.ts';
import type { RgiDriven, RgiExchange } from './stage-values.ts';

type States = PairStates<RgiTarget, RgiDriven, RgiExchange, ByteImage, ByteImage, RgiSource>;

/** The picture of a stage. */
export function rgiPicture(stage: DrawnStage, states: States): RgbImage {
  switch (stage) {
    case 'reenact':
      return fromByteImage(states.driven.picture);
    case 'parse-source':
      return states.driven.labels ? labelPicture(states.driven.labels.regions) : fromByteImage(states.driven.picture);
    case 'parse-target':
      return labelPicture(states.target.labels.regions);
    case 'exchange':
      return labelPicture(states.exchanged.recomposed.map, states.exchanged.recomposed.hole);
    case 'generate':
      return fromByteImage(states.generated);
    case 'recolor':
      return fromByteImage(states.recolored);
  }
}
