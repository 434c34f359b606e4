import { makeStyles, mergeClasses, Tooltip, tokens, useArrowNavigationGroup } from '@fluentui/react-components';
import { STAGES, type StageId } from '#shared/stages.ts';
import { useStudio } from '../../actions/studio.ts';
import { usePicture } from '../../hooks/use-picture.ts';
import { type FinishedRun, useRun } from '../../state/run.ts';
import { show, useUi } from '../../state/ui.ts';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  strip: {
    display: 'flex',
    gap: tokens.spacingHorizontalS,
    padding: `${tokens.spacingVerticalS} ${tokens.spacingHorizontalM}`,
    overflowX: 'auto',
    backgroundColor: tokens.colorNeutralBackground2,
    borderTop: `1px solid ${tokens.colorNeutralStroke2}`,
  },
  stage: {
    display: 'flex',
    flexDirection: 'column',
    gap: '4px',
    width: '86px',
    flexShrink: 0,
    padding: '4px',
    border: 'none',
    borderRadius: tokens.borderRadiusMedium,
    backgroundColor: 'transparent',
    color: tokens.colorNeutralForeground3,
    fontFamily: 'inherit',
    fontSize: tokens.fontSizeBase200,
    textAlign: 'center',
    cursor: 'pointer',
    ':hover': { backgroundColor: tokens.colorSubtleBackgroundHover },
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '-2px' },
  },
  selected: {
    color: tokens.colorNeutralForeground1,
    backgroundColor: tokens.colorNeutralBackground1,
    boxShadow: `inset 0 0 0 1.5px ${tokens.colorCompoundBrandStroke}`,
    '@media (forced-colors: active)': { outline: '2px solid Highlight' },
  },
  thumb: {
    aspectRatio: '1',
    width: '100%',
    objectFit: 'contain',
    borderRadius: tokens.borderRadiusSmall,
    backgroundColor: tokens.colorNeutralBackground4,
  },
});

function StageThumb({ run, face, stage }: { run: FinishedRun; face: number; stage: StageId }) {
  const styles = useStyles();
  const { results } = useStudio();
  const { url } = usePicture(`strip:${run.target}:${face}:${stage}`, `${run.generation}:${run.swap.result}`, () =>
    results.stage(run, face, stage, 192),
  );
  return url ? <img className={styles.thumb} src={url} alt="" draggable={false} /> : <span className={styles.thumb} />;
}

/** Every stage of one target face, in the order of the pipeline. */
export function StageStrip({ run, face, number }: { run: FinishedRun; face: number; number: number }) {
  const styles = useStyles();
  const arrows = useArrowNavigationGroup({ axis: 'horizontal', circular: true });
  const subject = useUi((state) => state.subject);
  const full = useRun((state) => state.full);
  // Drafts follow each other too fast for eleven pictures each.
  const pictured = run.swap.draft && full?.target === run.target ? full : run;
  const done = run.swap.faces.find((row) => row.targetFace === face)?.stages ?? [];
  return (
    <div className={styles.strip} role="toolbar" aria-label={text.viewer.stagesOf(number)} {...arrows}>
      {STAGES.filter(({ id }) => done.includes(id)).map(({ id, title, shows }) => {
        const selected = subject.kind === 'stage' && subject.stage === id;
        return (
          <Tooltip key={id} content={shows} relationship="description">
            <button
              type="button"
              className={mergeClasses(styles.stage, selected && styles.selected)}
              aria-pressed={selected}
              onClick={() => show(selected ? { kind: 'result' } : { kind: 'stage', stage: id })}
            >
              <StageThumb run={pictured} face={face} stage={id} />
              {title}
            </button>
          </Tooltip>
        );
      })}
    </div>
  );
}
