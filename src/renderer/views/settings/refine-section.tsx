import { Button, Link, MessageBar, MessageBarBody, makeStyles, ProgressBar, tokens } from '@fluentui/react-components';
import { ArrowUndo16Regular } from '@fluentui/react-icons';
import { useEffect, useState } from 'react';
import { REFINE_SIDES, type RefineSide } from '#shared/contract-refine.ts';
import { useStudio } from '../../actions/studio.ts';
import { usePicture } from '../../hooks/use-picture.ts';
import { lossText } from '../../model/loss-curves.ts';
import { effectiveEngine } from '../../model/presets.ts';
import { tuningObstacle } from '../../model/tuning.ts';
import { useConnection } from '../../state/connection.ts';
import { useEdit } from '../../state/edit.ts';
import { useModels } from '../../state/models.ts';
import { type RefineProgress, useRefine } from '../../state/refine.ts';
import { openDialog } from '../../state/ui.ts';
import { text } from '../../text.ts';
import { Choice } from '../video/choice.tsx';
import { NumberField } from '../video/number-field.tsx';
import { Section } from './section.tsx';

const useStyles = makeStyles({
  hint: { margin: 0, color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200, lineHeight: '16px' },
  fields: {
    display: 'grid',
    gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)',
    gap: tokens.spacingHorizontalS,
    '& .fui-Input': { width: '100%', minWidth: 0 },
    '& input': { minWidth: 0 },
  },
  row: { display: 'flex', flexWrap: 'wrap', gap: tokens.spacingHorizontalXS },
  line: { margin: 0, fontSize: tokens.fontSizeBase200, fontVariantNumeric: 'tabular-nums' },
  picture: { width: '100%', aspectRatio: '1', objectFit: 'contain', backgroundColor: tokens.colorNeutralBackground4 },
  models: { alignSelf: 'flex-start' },
});

const DEFAULT_STEPS = 50;
const SIDE = 512;

function Progress({ progress }: { progress: RefineProgress }) {
  const styles = useStyles();
  const { refine } = useStudio();
  const { step, total, first, best, keeping } = progress;
  const words = text.refine;
  const losses = first === null || best === null ? [] : [words.loss(lossText(first), lossText(best))];
  const line = step === 0 ? words.reading : [words.step(step, total), ...losses].join(' · ');
  return (
    <>
      <p className={styles.line}>{keeping ? words.keeping : line}</p>
      <ProgressBar aria-label={words.progress} aria-valuetext={line} {...(step === 0 ? {} : { value: step / total })} />
      <div className={styles.row}>
        <Button size="small" disabled={step === 0 || keeping} onClick={() => void refine.keep()}>
          {words.keep}
        </Button>
        <Button size="small" onClick={refine.stop}>
          {words.stop}
        </Button>
      </div>
    </>
  );
}

/** Refines a face of the selected pair, for the engine that has style vectors. */
export function RefineSection() {
  const styles = useStyles();
  const { refine } = useStudio();
  const words = text.refine;
  const models = useModels((state) => state.models);
  const { settings, target, assignments } = useEdit((state) => state.history.present);
  const face = useEdit((state) => state.selectedFace);
  const ready = useConnection((state) => state.phase === 'ready');
  const generation = useConnection((state) => state.generation);
  const { progress, picture, refined } = useRefine();
  const [side, setSide] = useState<RefineSide>('source');
  const [steps, setSteps] = useState(DEFAULT_STEPS);
  const shown = usePicture(
    `refined:${picture?.side}`,
    picture?.version ?? '',
    picture ? () => refine.preview(SIDE) : null,
  );
  const from = face === null ? undefined : assignments[face];
  const isRgi = effectiveEngine(settings.engine, models) === 'rgi';
  // biome-ignore lint/correctness/useExhaustiveDependencies: another pair, or another engine process, is asked about anew
  useEffect(() => {
    if (ready && isRgi) void refine.refresh();
  }, [refine, ready, isRgi, generation, target, face, from?.photo, from?.face, settings.crop]);
  if (!isRgi) return null;

  const obstacle = tuningObstacle(settings.engine, models);
  const paired = target !== null && from !== undefined;
  return (
    <Section title={words.title}>
      <p className={styles.hint}>{paired ? words.hint : words.needPair}</p>
      {obstacle?.kind === 'losses' && (
        <>
          <MessageBar intent="warning" layout="multiline">
            <MessageBarBody>{words.missing(obstacle.packs)}</MessageBarBody>
          </MessageBar>
          <Link as="button" className={styles.models} onClick={() => openDialog('models')}>
            {text.models.open}
          </Link>
        </>
      )}
      <div className={styles.fields}>
        <Choice
          label={words.side}
          value={side}
          disabled={progress !== null}
          options={REFINE_SIDES.map((value) => ({ value, label: words.sides[value] }))}
          onChoose={setSide}
        />
        <NumberField
          label={words.steps}
          value={steps}
          min={1}
          disabled={progress !== null}
          accepts={(value) => Number.isInteger(value) && value >= 1 && value <= 1000}
          onChange={setSteps}
        />
      </div>
      {progress ? (
        <Progress progress={progress} />
      ) : (
        <div className={styles.row}>
          <Button
            size="small"
            disabled={!ready || !paired || obstacle !== null}
            onClick={() => void refine.run(side, steps)}
          >
            {words.run}
          </Button>
          {REFINE_SIDES.filter((known) => refined[known]).map((known) => (
            <Button
              key={known}
              size="small"
              appearance="subtle"
              icon={<ArrowUndo16Regular />}
              disabled={!ready}
              onClick={() => void refine.undo(known)}
            >
              {words.undo(words.sides[known])}
            </Button>
          ))}
        </div>
      )}
      {picture && shown.url && (
        <img className={styles.picture} src={shown.url} alt={words.preview(words.sides[picture.side])} />
      )}
    </Section>
  );
}
