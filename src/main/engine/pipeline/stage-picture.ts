/** The pictures of stages: those that are pictures already are the same for all engines, the rest an engine draws. */
import type { RgbImage } from '#engine/image/picture.ts';
import type { StageId } from '#shared/stages.ts';
import type { AlignedFace } from './aligned-face.ts';
import { changePicture } from './change-picture.ts';

/** Stages whose values are of an engine's own types. */
export type DrawnStage = Exclude<StageId, 'align' | 'source' | 'blend' | 'inpaint' | 'paste'>;

/** What all engines have pictures of. */
interface SharedPictures {
  readonly alignedTarget: AlignedFace;
  readonly alignedSource: AlignedFace;
  readonly blended: RgbImage;
  readonly inpainted: RgbImage;
}

/** @param draw the engine's own drawing */
export function stagePicture(stage: StageId, states: SharedPictures, draw: (stage: DrawnStage) => RgbImage): RgbImage {
  switch (stage) {
    case 'align':
      return states.alignedTarget.crop;
    case 'source':
      return states.alignedSource.crop;
    case 'blend':
      return states.blended;
    case 'inpaint':
      return states.inpainted;
    case 'paste':
      return changePicture(states.alignedTarget.crop, states.inpainted);
    default:
      return draw(stage);
  }
}
