import { makeStyles, tokens } from '@fluentui/react-components';
import type { KeyboardEvent } from 'react';
import { useStudio } from '../../actions/studio.ts';
import { usePicture } from '../../hooks/use-picture.ts';
import type { Viewport } from '../../hooks/use-viewport.ts';
import { viewSide, wipeAt } from '../../model/geometry.ts';
import type { Photo } from '../../state/photos.ts';
import { type FinishedRun, useRun } from '../../state/run.ts';
import { type CompareMode, useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';
import { Canvas } from './canvas.tsx';
import { CornerLabel } from './corner-label.tsx';
import { Layer } from './layer.tsx';
import { WipeHandle } from './wipe-handle.tsx';

const useStyles = makeStyles({
  sides: { display: 'flex', flex: '1 1 0', minHeight: 0, gap: '2px', backgroundColor: tokens.colorNeutralStroke2 },
});

const MODE_KEYS: Readonly<Record<string, CompareMode>> = { w: 'wipe', s: 'side', r: 'after' };

function modeKey(event: KeyboardEvent): boolean {
  const compare = MODE_KEYS[event.key.toLowerCase()];
  if (!compare || event.ctrlKey || event.metaKey || event.altKey) return false;
  useUi.setState({ compare });
  return true;
}

/** The result against the target it came from. */
export function ResultView({ run, target, viewport }: { run: FinishedRun; target: Photo; viewport: Viewport }) {
  const styles = useStyles();
  const { photos, results } = useStudio();
  const compare = useUi((state) => state.compare);
  const wipe = useUi((state) => state.wipe);
  const { info, key } = target;
  const { view, frame } = viewport;
  const running = useRun((state) => state.phase === 'running');
  const afterWord = run.swap.draft ? text.viewer.draft : running ? text.viewer.updating : text.viewer.afterLabel;
  const place = { view, frame, picture: info };
  const side = viewSide(info, view.scale, window.devicePixelRatio);
  const before = usePicture(key, side, compare === 'after' ? null : () => photos.view(key, side));
  // All results of a target are one subject: the last stays on screen until the next has arrived.
  const after = usePicture(`result:${key}`, `${run.generation}:${run.swap.result}:${side}`, () =>
    results.view(run, side),
  );
  const beforeLayer = before.url && (
    <Layer
      url={before.url}
      alt={text.viewer.before}
      picture={info}
      view={view}
      {...(compare === 'wipe' ? { share: wipeAt(wipe, view, frame, info).pictureShare } : {})}
    />
  );
  const afterLayer = after.url && <Layer url={after.url} alt={text.viewer.afterLabel} picture={info} view={view} />;

  if (compare === 'side') {
    return (
      <div className={styles.sides}>
        <Canvas viewport={viewport} label={text.viewer.before} pictures={[before]} onKey={modeKey}>
          {beforeLayer}
          <CornerLabel side="left" {...place}>
            {text.viewer.before}
          </CornerLabel>
        </Canvas>
        <Canvas viewport={viewport} leads={false} label={text.viewer.afterLabel} pictures={[after]} onKey={modeKey}>
          {afterLayer}
          <CornerLabel side="right" {...place}>
            {afterWord}
          </CornerLabel>
        </Canvas>
      </div>
    );
  }
  return (
    <Canvas viewport={viewport} label={text.viewer.result} pictures={[after]} onKey={modeKey}>
      {afterLayer}
      {compare === 'wipe' && beforeLayer}
      {compare === 'wipe' && after.url && before.url && (
        <>
          <WipeHandle {...place} />
          <CornerLabel side="left" {...place}>
            {text.viewer.before}
          </CornerLabel>
          <CornerLabel side="right" {...place}>
            {afterWord}
          </CornerLabel>
        </>
      )}
    </Canvas>
  );
}
