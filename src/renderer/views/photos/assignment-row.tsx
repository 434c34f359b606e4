import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { ArrowLeft16Regular } from '@fluentui/react-icons';
import { gravest, sortedWarnings } from '../../model/faces.ts';
import { selectFace, useEdit } from '../../state/edit.ts';
import type { Photo } from '../../state/photos.ts';
import { useRun } from '../../state/run.ts';
import { text } from '../../text.ts';
import { SeverityMark } from '../settings/severity-mark.tsx';
import { FaceThumb } from './face-thumb.tsx';
import { SourceMenu } from './source-menu.tsx';

const useStyles = makeStyles({
  row: {
    display: 'grid',
    gridTemplateColumns: 'auto 16px minmax(0, 1fr)',
    alignItems: 'center',
    gap: tokens.spacingHorizontalXXS,
    padding: '4px',
    borderRadius: tokens.borderRadiusMedium,
  },
  selected: {
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: `inset 0 0 0 1px ${tokens.colorCompoundBrandStroke}`,
    '@media (forced-colors: active)': { outline: '2px solid Highlight' },
  },
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
  number: { minWidth: '14px', textAlign: 'right', fontVariantNumeric: 'tabular-nums' },
  arrow: { color: tokens.colorNeutralForeground3 },
  mark: { position: 'absolute', right: '-2px', bottom: '-2px', lineHeight: 0 },
});

/** One target face: select it at the left, choose what it gets at the right. */
export function AssignmentRow({ target, face, number }: { target: Photo; face: number; number: number }) {
  const styles = useStyles();
  const selected = useEdit((state) => state.selectedFace === face);
  const assigned = useEdit((state) => state.history.present.assignments[face] !== undefined);
  const pair = useRun((state) => state.result?.swap.faces.find((row) => row.targetFace === face)?.warnings);
  const own = target.info.faces.find((row) => row.index === face)?.warnings ?? [];
  const state = assigned ? text.faces.replaced : text.faces.kept;
  return (
    <li className={mergeClasses(styles.row, selected && styles.selected)}>
      <button
        type="button"
        className={styles.face}
        aria-pressed={selected}
        aria-label={text.faces.targetBox(number, state)}
        onClick={() => selectFace(face)}
      >
        {target.info.faces.length > 1 && (
          <span className={styles.number} aria-hidden>
            {number}
          </span>
        )}
        <FaceThumb photo={target.key} face={face} size="medium" />
        <span className={styles.mark}>
          <SeverityMark severity={gravest(sortedWarnings(own, assigned ? (pair ?? []) : []))} />
        </span>
      </button>
      <ArrowLeft16Regular className={styles.arrow} aria-hidden />
      <SourceMenu face={face} number={number} />
    </li>
  );
}
