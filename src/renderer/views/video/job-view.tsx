import {
  MessageBar,
  MessageBarBody,
  makeStyles,
  mergeClasses,
  Spinner,
  Switch,
  tokens,
} from '@fluentui/react-components';
import { useEffect, useMemo, useState } from 'react';
import type { Clip } from '#shared/contract-video.ts';
import type { JobInfo, JobTimeline } from '#shared/jobs.ts';
import { useStudio } from '../../actions/studio.ts';
import { useFilm } from '../../hooks/use-film.ts';
import { useFrame } from '../../hooks/use-frame.ts';
import { useSettled } from '../../hooks/use-settled.ts';
import { secondsOf } from '../../model/frame-clock.ts';
import { stateAt, statesIn } from '../../model/frame-strip.ts';
import { isBetterStacked } from '../../model/geometry.ts';
import { useJobs } from '../../state/jobs.ts';
import { useVideoView } from '../../state/video-view.ts';
import { text } from '../../text.ts';
import { TuningPanel } from '../tuning/tuning-panel.tsx';
import { TuningSwitch } from '../tuning/tuning-switch.tsx';
import { useJobTuning } from '../tuning/use-job-tuning.ts';
import { FilmPane } from './film-pane.tsx';
import { useFilmStyles } from './film-styles.ts';
import { JobHeader } from './job-header.tsx';
import { Legend } from './legend.tsx';
import { SkipReport } from './skip-report.tsx';
import { type Lane, Timeline } from './timeline.tsx';
import { Transport } from './transport.tsx';
import { type JobFilm, useJobFilm } from './use-job-film.ts';

const useStyles = makeStyles({
  under: { gap: tokens.spacingVerticalM, maxHeight: '42%' },
  middle: { flex: '1 1 0', display: 'grid', placeItems: 'center', backgroundColor: tokens.colorNeutralBackground4 },
});

const SIDE = 1280;
/** A frame of a running job is fetched at most this often. Milliseconds. */
const LIVE_DELAY = 400;
const SCRUB_DELAY = 120;

/** The lanes of a job's timeline: what became of each frame, then of each person. */
const lanesOf = ({ tracks, ranges }: JobTimeline): readonly Lane[] => [
  { id: 'all', name: text.video.timeline.whole, ranges },
  ...tracks.map((track) => ({
    id: String(track.id),
    name: text.video.people.person(track.id + 1),
    ranges: track.ranges,
  })),
];

function Loaded({ job, clip, film: { timeline, media } }: { job: JobInfo; clip: Clip; film: JobFilm }) {
  const styles = useStyles();
  const filmStyles = useFilmStyles();
  const { jobs } = useStudio();
  const panes = useFrame<HTMLDivElement>();
  const stacked = isBetterStacked(panes.frame, clip.aspect);
  const { follow, muted } = useVideoView();
  const latest = useJobs((state) => state.latest[job.id] ?? null);
  const [frame, setFrame] = useState(job.first);
  const running = job.state === 'running';
  const done = job.state === 'done';
  const span = { first: job.first, end: job.end };
  const film = useFilm(clip, span, frame, setFrame);
  const following = running && follow;
  const { pause } = film;
  useEffect(() => {
    if (!following || latest === null) return;
    pause();
    setFrame(latest);
  }, [following, latest, pause]);

  const settled = useSettled(frame, following ? LIVE_DELAY : SCRUB_DELAY);
  const shown = film.playing ? frame : settled;
  const ranges = timeline?.ranges ?? [];
  const lanes = useMemo(() => (timeline ? lanesOf(timeline) : []), [timeline]);
  const state = stateAt(ranges, shown);
  const ready = done || shown === latest || (state !== null && state !== 'pending');
  // The result begins with the first frame that was wanted, the clip with its own first.
  const offset = secondsOf(clip, 0) - secondsOf(clip, job.first);
  const trimmed = job.first > 0 || job.end < job.clipFrames;
  const playsBoth = done && media?.result != null;
  const seek = (to: number) => {
    useVideoView.setState({ follow: false });
    film.seek(to);
  };
  return (
    <>
      <div className={mergeClasses(filmStyles.panes, stacked && filmStyles.stacked)} ref={panes.ref}>
        <FilmPane
          label={text.video.film.target}
          subject={`${job.id}:target`}
          frame={shown}
          load={() => jobs.frame(job.id, shown, 'target', SIDE)}
          media={done ? clip.media : null}
          player={useMemo(() => film.player(1, 0), [film.player])}
        />
        <FilmPane
          label={text.video.film.result}
          subject={`${job.id}:result:${job.state === 'running' ? 'live' : 'still'}`}
          frame={shown}
          version={ready ? 'done' : 'wait'}
          load={ready ? () => jobs.frame(job.id, shown, 'result', SIDE) : null}
          media={playsBoth ? (media?.result ?? null) : null}
          player={useMemo(() => film.player(0, trimmed ? offset : 0), [film.player, trimmed, offset])}
          muted={muted}
          empty={text.video.film.notYet}
        />
      </div>
      <Transport clip={clip} film={film} frame={frame} sound={playsBoth && clip.audio > 0}>
        {running && (
          <Switch
            checked={follow}
            label={text.video.film.follow}
            title={text.video.film.followHint}
            onChange={(_, { checked }) => useVideoView.setState({ follow: checked })}
          />
        )}
      </Transport>
      <section className={mergeClasses(filmStyles.under, styles.under)} aria-label={text.video.timeline.label}>
        <Timeline
          clip={clip}
          lanes={lanes}
          names={text.video.timeline.states}
          frame={frame}
          onSeek={seek}
          span={span}
          onSpan={null}
        />
        <Legend states={statesIn(lanes)} names={text.video.timeline.states} />
        <SkipReport clip={clip} ranges={ranges} over={done} onSeek={seek} />
      </section>
    </>
  );
}

/** A job: the target and the result side by side, live while it runs, played together when it is done. */
export function JobView({ job }: { job: JobInfo }) {
  const styles = useStyles();
  const filmStyles = useFilmStyles();
  const film = useJobFilm(job);
  const tuning = useJobTuning(job);
  return (
    <div className={filmStyles.root}>
      <JobHeader job={job} />
      {tuning.there && <TuningSwitch job={job} shown={tuning.shown} />}
      {film.problem !== null && (
        <MessageBar intent="error" layout="multiline">
          <MessageBarBody>{film.problem}</MessageBarBody>
        </MessageBar>
      )}
      {tuning.shown ? (
        <TuningPanel job={job} />
      ) : film.clip ? (
        <Loaded key={job.id} job={job} clip={film.clip} film={film} />
      ) : (
        <div className={styles.middle}>{film.problem === null && <Spinner label={text.video.film.loading} />}</div>
      )}
    </div>
  );
}
