import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { useState } from 'react';
import type { Face } from '#shared/contract.ts';
import { useViewport, type Viewport } from '../../hooks/use-viewport.ts';
import { readingOrder } from '../../model/faces.ts';
import type { Size } from '../../model/geometry.ts';
import { useEdit } from '../../state/edit.ts';
import { useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';
import { PhotoView } from './photo-view.tsx';
import { ResultView } from './result-view.tsx';
import { type Shown, useShown } from './shown.ts';
import { StageStrip } from './stage-strip.tsx';
import { STAGE_SIDE, StageView } from './stage-view.tsx';
import { Toolbar } from './toolbar.tsx';
import { Welcome } from './welcome.tsx';

const useStyles = makeStyles({
  root: {
    display: 'flex',
    flexDirection: 'column',
    minWidth: 0,
    minHeight: 0,
    borderLeft: `1px solid ${tokens.colorNeutralStroke2}`,
    borderRight: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  over: { boxShadow: `inset 0 0 0 2px ${tokens.colorBrandStroke1}` },
});

const NOTHING: Size = { width: 1, height: 1 };

function sizeOf(shown: Shown): Size {
  switch (shown.kind) {
    case 'nothing':
      return NOTHING;
    case 'photo':
      return shown.photo.info;
    case 'result':
      return shown.target.info;
    case 'stage':
      return { width: STAGE_SIDE, height: STAGE_SIDE };
  }
}

/** The box of the face that edits are about, where the target's own pixels are shown. */
function selectedBox(shown: Shown, face: number | null): Face['box'] | null {
  const photo =
    shown.kind === 'result' ? shown.target : shown.kind === 'photo' && shown.role === 'target' ? shown.photo : null;
  return photo?.info.faces.find(({ index }) => index === face)?.box ?? null;
}

function Content({ shown, viewport, boxes }: { shown: Shown; viewport: Viewport; boxes: boolean }) {
  switch (shown.kind) {
    case 'nothing':
      return <Welcome />;
    case 'photo':
      return <PhotoView {...shown} viewport={viewport} boxes={boxes} />;
    case 'result':
      return <ResultView {...shown} viewport={viewport} />;
    case 'stage':
      return <StageView {...shown} viewport={viewport} />;
  }
}

/** The middle of the window: the photos, the result, the stages. */
export function Viewer() {
  const styles = useStyles();
  const { shown, source, target, run, face, tab } = useShown();
  const viewport = useViewport(sizeOf(shown));
  const [boxes, setBoxes] = useState(true);
  const selected = useEdit((state) => state.selectedFace);
  const box = selectedBox(shown, selected);
  const toFace = box ? () => viewport.toBox(box) : null;
  const stagesOpen = useUi((state) => state.stagesOpen);
  const over = useUi((state) => state.dropWell !== null);
  const tabs = [
    source
      ? { subject: { kind: 'source', photo: source.key } as const, label: text.viewer.source, disabled: false }
      : { subject: { kind: 'source', photo: 'p0' } as const, label: text.viewer.source, disabled: true },
    { subject: { kind: 'target' } as const, label: text.viewer.target, disabled: !target },
    { subject: { kind: 'result' } as const, label: text.viewer.result, disabled: !run },
    ...(shown.kind === 'stage'
      ? [
          {
            subject: { kind: 'stage', stage: shown.stage } as const,
            label: text.viewer.stageTab,
            disabled: false,
          },
        ]
      : []),
  ];
  return (
    <main
      className={mergeClasses(styles.root, over && styles.over)}
      aria-label={text.viewer.label}
      data-tour="viewer"
      data-drop="next"
      onKeyDown={(event) => {
        // Letters act on the picture only while it has the focus.
        const onPicture = event.target instanceof HTMLElement && event.target.matches('[role=group]');
        if (onPicture && event.key.toLowerCase() === 'f' && !event.ctrlKey && !event.metaKey) toFace?.();
      }}
    >
      <Toolbar
        tabs={tabs}
        shown={tab}
        viewport={viewport}
        boxes={boxes}
        onBoxes={setBoxes}
        hasPicture={shown.kind !== 'nothing'}
        toFace={toFace}
        hasResult={run !== null}
      />
      <Content shown={shown} viewport={viewport} boxes={boxes} />
      {stagesOpen && run && face !== null && (
        <StageStrip run={run} face={face} number={readingOrder(target?.info.faces ?? []).indexOf(face) + 1} />
      )}
    </main>
  );
}
