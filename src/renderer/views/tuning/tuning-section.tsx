import {
  Checkbox,
  Field,
  Link,
  MessageBar,
  MessageBarBody,
  MessageBarTitle,
  makeStyles,
  tokens,
} from '@fluentui/react-components';
import type { VideoSettings } from '#shared/settings.ts';
import { TUNING_SCHEDULES } from '#shared/tuning.ts';
import { useStudio } from '../../actions/studio.ts';
import { type TuningObstacle, tuningObstacle } from '../../model/tuning.ts';
import { useEdit } from '../../state/edit.ts';
import { useModels } from '../../state/models.ts';
import { usePreferences } from '../../state/preferences.ts';
import { openDialog } from '../../state/ui.ts';
import { text } from '../../text.ts';
import { Section } from '../settings/section.tsx';
import { Choice } from '../video/choice.tsx';
import { NumberField } from '../video/number-field.tsx';
import { ResumeChooser } from './resume-chooser.tsx';

const useStyles = makeStyles({
  models: { alignSelf: 'flex-start' },
  summary: { cursor: 'pointer', color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
  advanced: { paddingTop: tokens.spacingVerticalS },
});

/** Title and body of what stands in the way. */
function said(obstacle: TuningObstacle): readonly [string, string] {
  const words = text.tuning.obstacles;
  switch (obstacle.kind) {
    case 'classic':
      return [words.classicTitle, words.classic];
    case 'engine':
      return [words.engineTitle, obstacle.reason];
    case 'losses':
      return [words.lossesTitle, words.losses(obstacle.packs)];
  }
}

/** Why the fields cannot be used, and the way to what is missing. */
function Obstacle({ obstacle }: { obstacle: TuningObstacle }) {
  const styles = useStyles();
  const [title, body] = said(obstacle);
  return (
    <>
      <MessageBar intent={obstacle.kind === 'losses' ? 'warning' : 'info'} layout="multiline">
        <MessageBarBody>
          <MessageBarTitle>{title}</MessageBarTitle>
          {body}
        </MessageBarBody>
      </MessageBar>
      {obstacle.kind !== 'classic' && (
        <Link as="button" className={styles.models} onClick={() => openDialog('models')}>
          {text.tuning.models}
        </Link>
      )}
    </>
  );
}

/** Personal tuning for the next job: the paper's fields, or why they cannot be used. */
export function TuningSection() {
  const styles = useStyles();
  const { preferences } = useStudio();
  const { video } = usePreferences((state) => state.settings);
  const engine = useEdit((state) => state.history.present.settings.engine);
  const models = useModels((state) => state.models);
  const obstacle = tuningObstacle(engine, models);
  const set = (change: Partial<VideoSettings>) => void preferences.set({ video: { ...video, ...change } });
  const words = text.tuning;
  const loads = obstacle === null || obstacle.kind === 'losses';
  const off = obstacle !== null || !video.pti;
  return (
    <Section title={words.section}>
      {obstacle && <Obstacle obstacle={obstacle} />}
      <Field hint={words.enableHint} size="small">
        <Checkbox
          checked={loads && video.pti}
          disabled={!loads}
          label={words.enable}
          onChange={(_, { checked }) => set({ pti: checked === true })}
        />
      </Field>
      <NumberField
        label={words.steps}
        hint={!off && video.ptiSteps === 0 && video.ptiResume === null ? words.nothingToLoad : words.stepsHint}
        value={video.ptiSteps}
        min={0}
        disabled={off}
        accepts={(value) => Number.isInteger(value) && value >= 0 && value <= 999}
        onChange={(ptiSteps) => set({ ptiSteps })}
      />
      <NumberField
        label={words.learningRate}
        value={video.ptiLearningRate}
        step={0.0001}
        min={0}
        disabled={off}
        accepts={(value) => value > 0 && value <= 1}
        onChange={(ptiLearningRate) => set({ ptiLearningRate })}
      />
      <NumberField
        label={words.lambda}
        hint={words.lambdaHint}
        value={video.recolorLambda}
        step={0.5}
        min={0}
        disabled={off}
        accepts={(value) => value >= 0 && value <= 100}
        onChange={(recolorLambda) => set({ recolorLambda })}
      />
      <ResumeChooser
        value={video.ptiResume}
        disabled={!loads || !video.pti}
        onChoose={(ptiResume) => set({ ptiResume })}
      />
      <details>
        <summary className={styles.summary}>{words.advanced}</summary>
        <div className={styles.advanced}>
          <Choice
            label={words.schedule}
            hint={words.scheduleHints[video.ptiSchedule]}
            value={video.ptiSchedule}
            disabled={off}
            options={TUNING_SCHEDULES.map((value) => ({ value, label: words.schedules[value] }))}
            onChoose={(ptiSchedule) => set({ ptiSchedule })}
          />
        </div>
      </details>
    </Section>
  );
}
