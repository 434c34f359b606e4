import type { StageId } from '#shared/stages.ts';
import { useStudio } from '../../actions/studio.ts';
import { usePicture } from '../../hooks/use-picture.ts';
import type { Viewport } from '../../hooks/use-viewport.ts';
import { stageTitle } from '../../model/progress.ts';
import type { FinishedRun } from '../../state/run.ts';
import { text } from '../../text.ts';
import { Canvas } from './canvas.tsx';
import { CornerLabel } from './corner-label.tsx';
import { Layer } from './layer.tsx';

/** Side of the square that stage pictures are shown as, in picture pixels. */
export const STAGE_SIDE = 1024;
const SQUARE = { width: STAGE_SIDE, height: STAGE_SIDE };

interface StageViewProps {
  readonly run: FinishedRun;
  readonly face: number;
  readonly stage: StageId;
  readonly viewport: Viewport;
}

/** The picture of one stage, large. */
export function StageView({ run, face, stage, viewport }: StageViewProps) {
  const { results } = useStudio();
  const title = stageTitle(stage);
  const shown = usePicture(`stage:${run.target}:${face}:${stage}`, `${run.generation}:${run.swap.result}`, () =>
    results.stage(run, face, stage, STAGE_SIDE),
  );
  return (
    <Canvas viewport={viewport} label={text.viewer.stage(title)} pictures={[shown]}>
      {shown.url && <Layer url={shown.url} alt={title} picture={SQUARE} view={viewport.view} />}
      <CornerLabel side="left" view={viewport.view} frame={viewport.frame} picture={SQUARE}>
        {title}
      </CornerLabel>
    </Canvas>
  );
}
