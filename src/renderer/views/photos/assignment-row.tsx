import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { ArrowLeft16Regular } from '@fluentui/react-icons';
import { useEffect, useRef } from 'react';
import { gravest } from '../../model/faces.ts';
import { selectFace, useEdit } from '../../state/edit.ts';
import { type Photo, usePhotos } from '../../state/photos.ts';
import { useRun } from '../../state/run.ts';
import { text } from '../../text.ts';
import { RemarkList } from '../settings/remark-list.tsx';
import { remarksOf } from '../settings/remarks.ts';
import { SeverityMark } from '../settings/severity-mark.tsx';
import { FaceThumb } from './face-thumb.tsx';
import { usePairRowStyles } from './pair-row-styles.ts';
import { SourceMenu } from './source-menu.tsx';

const useStyles = makeStyles({
  face: {
    display: 'flex',
    position: 'relative',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXS,
    padding: '2px',
    border: 'none',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: 'transparent',
    color: tokens.colorNeutralForeground2,
    fontFamily: 'inherit',
    fontSize: tokens.fontSizeBase200,
    cursor: 'pointer',
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  mark: { position: 'absolute', right: '-2px', bottom: '-2px', lineHeight: 0 },
  remarks: { padding: `${tokens.spacingVerticalXS} ${tokens.spacingHorizontalXS}` },
});

/** One target face: select it at the left, choose what it gets at the right; when it is selected, what to know of it. */
export function AssignmentRow({ target, face, number }: { target: Photo; face: number; number: number }) {
  const styles = useStyles();
  const rowStyles = usePairRowStyles();
  const row = useRef<HTMLDivElement>(null);
  const doc = useEdit((state) => state.history.present);
  const selected = useEdit((state) => state.selectedFace === face);
  const byKey = usePhotos((state) => state.byKey);
  const run = useRun((state) => state.result);
  const remarks = remarksOf(doc, byKey, run, face);
  const state = doc.assignments[face] ? text.faces.replaced : text.faces.kept;
  useEffect(() => {
    if (selected) row.current?.scrollIntoView({ block: 'nearest' });
  }, [selected]);
  return (
    <li className={mergeClasses(rowStyles.row, selected && rowStyles.selected)}>
      <div ref={row} className={rowStyles.pair}>
        <button
          type="button"
          className={styles.face}
          aria-pressed={selected}
          aria-label={text.faces.targetBox(number, state)}
          onClick={() => selectFace(face)}
        >
          {target.info.faces.length > 1 && (
            <span className={rowStyles.number} aria-hidden>
              {number}
            </span>
          )}
          <FaceThumb photo={target.key} face={face} size="medium" />
          <span className={styles.mark}>
            <SeverityMark severity={gravest(remarks)} />
          </span>
        </button>
        <ArrowLeft16Regular className={rowStyles.arrow} aria-hidden />
        <SourceMenu face={face} number={number} />
      </div>
      {selected && remarks.length > 0 && (
        <div className={styles.remarks}>
          <RemarkList remarks={remarks} />
        </div>
      )}
    </li>
  );
}
