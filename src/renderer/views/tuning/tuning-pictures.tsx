import { makeStyles, mergeClasses, Slider, tokens } from '@fluentui/react-components';
import { useEffect, useState } from 'react';
import type { TuningPicture } from '#shared/contract-tuning.ts';
import type { JobId } from '#shared/jobs.ts';
import type { TuningInfo } from '#shared/tuning.ts';
import { useStudio } from '../../actions/studio.ts';
import { usePicture } from '../../hooks/use-picture.ts';
import { useSettled } from '../../hooks/use-settled.ts';
import { text } from '../../text.ts';
import { useCaptionStyles } from '../viewer/caption-styles.ts';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalS },
  row: {
    display: 'grid',
    gridTemplateColumns: 'repeat(3, minmax(0, 1fr))',
    gap: '2px',
    // Curves stay in sight.
    maxWidth: 'calc(3 * 38vh)',
  },
  figure: {
    position: 'relative',
    margin: 0,
    aspectRatio: '1',
    width: '100%',
    backgroundColor: tokens.colorNeutralBackground4,
    display: 'grid',
    placeItems: 'center',
    overflow: 'hidden',
  },
  picture: { width: '100%', height: '100%', objectFit: 'contain' },
  caption: {
    left: '8px',
    bottom: '8px',
  },
  note: { padding: tokens.spacingHorizontalL, textAlign: 'center', color: tokens.colorNeutralForeground3 },
  frame: {
    display: 'grid',
    gridTemplateColumns: 'auto minmax(0, 320px) auto minmax(0, 1fr)',
    alignItems: 'center',
    columnGap: tokens.spacingHorizontalS,
    fontSize: tokens.fontSizeBase200,
  },
  value: { minWidth: '32px', fontVariantNumeric: 'tabular-nums' },
  late: { color: tokens.colorNeutralForeground3 },
});

const SIDE = 768;
const LOOK_MS = 250;

const titleOf = (which: TuningPicture): string => text.tuning.pictures[which];

function Picture({ job, which, info }: { job: JobId; which: TuningPicture; info: TuningInfo }) {
  const styles = useStyles();
  const { caption } = useCaptionStyles();
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
      <figcaption className={mergeClasses(caption, styles.caption)}>{titleOf(which)}</figcaption>
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
    <div className={styles.frame}>
      <span aria-hidden>{text.tuning.pictures.frame}</span>
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
      <span className={styles.late}>{late && text.tuning.pictures.frameHint}</span>
    </div>
  );
}

const ORDER = ['driven', 'reconstruction', 'recolored'] as const satisfies readonly TuningPicture[];

/** What the weights of the moment make of a frame, between the two pictures that it is to become like. */
export function TuningPictures({ job, info }: { job: JobId; info: TuningInfo }) {
  const styles = useStyles();
  return (
    <section className={styles.root} aria-label={text.tuning.pictures.label}>
      <div className={styles.row}>
        {ORDER.map((which) => (
          <Picture key={which} job={job} which={which} info={info} />
        ))}
      </div>
      <FrameChoice job={job} info={info} />
    </section>
  );
}
