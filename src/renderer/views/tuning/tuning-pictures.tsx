import { Field, makeStyles, Slider, tokens } from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import type { TuningPicture } from '#shared/contract-tuning.ts';
import type { JobId } from '#shared/jobs.ts';
import { LOSS_TARGETS, type LossTarget, type TuningInfo } from '#shared/tuning.ts';
import { useStudio } from '../../actions/studio.ts';
import { usePicture } from '../../hooks/use-picture.ts';
import { useSettled } from '../../hooks/use-settled.ts';
import { text } from '../../text.ts';
import { Choice } from '../video/choice.tsx';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  pair: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)', gap: '2px', maxWidth: '900px' },
  figure: {
    position: 'relative',
    margin: 0,
    aspectRatio: '1',
    maxHeight: '44vh',
    width: '100%',
    backgroundColor: tokens.colorNeutralBackground4,
    display: 'grid',
    placeItems: 'center',
    overflow: 'hidden',
  },
  picture: { width: '100%', height: '100%', objectFit: 'contain' },
  caption: {
    position: 'absolute',
    left: '8px',
    bottom: '8px',
    padding: '2px 8px',
    borderRadius: '4px',
    backgroundColor: 'rgba(10, 12, 13, 0.72)',
    color: '#ffffff',
    fontSize: tokens.fontSizeBase200,
    fontWeight: tokens.fontWeightMedium,
  },
  note: { padding: tokens.spacingHorizontalL, textAlign: 'center', color: tokens.colorNeutralForeground3 },
  row: { display: 'flex', flexWrap: 'wrap', alignItems: 'start', gap: `4px ${tokens.spacingHorizontalL}` },
  target: { width: '180px' },
  frame: { flex: '1 1 180px', maxWidth: '420px' },
  slider: { display: 'grid', gridTemplateColumns: 'minmax(0, 1fr) 48px', alignItems: 'center' },
  value: { textAlign: 'right', fontSize: tokens.fontSizeBase200, fontVariantNumeric: 'tabular-nums' },
});

const SIDE = 768;
const LOOK_MS = 250;

const titleOf = (which: TuningPicture): string => text.tuning.pictures[which];

function Picture({ job, which, info }: { job: JobId; which: TuningPicture; info: TuningInfo }) {
  const styles = useStyles();
  const { tuning } = useStudio();
  const { picture } = info;
  const { url } = usePicture(
    `${job}:${which}`,
    picture ? `${picture.frame}:${picture.update}` : '',
    picture ? () => tuning.picture(job, which, SIDE) : null,
  );
  return (
    <figure className={styles.figure}>
      {url && picture ? (
        <img
          className={styles.picture}
          src={url}
          alt={text.tuning.pictures.caption(titleOf(which), picture.frame + 1, picture.update)}
          draggable={false}
        />
      ) : (
        <span className={styles.note}>{!picture && text.tuning.pictures.none}</span>
      )}
      <figcaption className={styles.caption}>{titleOf(which)}</figcaption>
    </figure>
  );
}

/** Chooses the frame that is drawn again and again. */
function FrameChoice({ job, info }: { job: JobId; info: TuningInfo }) {
  const styles = useStyles();
  const { tuning } = useStudio();
  const [wanted, setWanted] = useState<number | null>(null);
  const settled = useSettled(wanted, LOOK_MS);
  useEffect(() => {
    if (settled !== null) void tuning.look(job, settled);
  }, [settled, job, tuning]);
  const { frames, picture } = info;
  if (!info.running || frames.length < 2) return null;
  const frame = wanted ?? picture?.frame ?? frames[0] ?? 0;
  const at = Math.max(0, frames.indexOf(frame));
  const late = wanted !== null && picture?.frame !== wanted;
  return (
    <Field
      className={styles.frame}
      label={text.tuning.pictures.frame}
      size="small"
      {...(late ? { hint: text.tuning.pictures.frameHint } : {})}
    >
      <div className={styles.slider}>
        <Slider
          size="small"
          min={0}
          max={frames.length - 1}
          value={at}
          aria-label={text.tuning.pictures.frame}
          aria-valuetext={String(frame + 1)}
          onChange={(_, { value }) => setWanted(frames[value] ?? null)}
        />
        <span className={styles.value} aria-hidden>
          {frame + 1}
        </span>
      </div>
    </Field>
  );
}

/** What the weights of the moment make of a frame, beside what it is to become like. */
export function TuningPictures({ job, info }: { job: JobId; info: TuningInfo }) {
  const styles = useStyles();
  const [target, setTarget] = useState<LossTarget>('driven');
  return (
    <section className={styles.root} aria-label={text.tuning.pictures.label}>
      <div className={styles.pair}>
        <Picture job={job} which="reconstruction" info={info} />
        <Picture job={job} which={target} info={info} />
      </div>
      <div className={styles.row}>
        <FrameChoice job={job} info={info} />
        <div className={styles.target}>
          <Choice
            label={text.tuning.pictures.target}
            value={target}
            options={LOSS_TARGETS.map(({ id, title }) => ({ value: id, label: title }))}
            onChoose={setTarget}
          />
        </div>
      </div>
    </section>
  );
}
