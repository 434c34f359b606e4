import { Button, makeStyles, mergeClasses, ToggleButton, Tooltip, tokens } from '@fluentui/react-components';
import { ArrowReset20Regular, Eye20Regular, PaddingLeft20Regular, PaddingRight20Regular } from '@fluentui/react-icons';
import { type KeyboardEvent, useMemo } from 'react';
import { useStudio } from '../../actions/studio.ts';
import { useFilm } from '../../hooks/use-film.ts';
import { useFrame } from '../../hooks/use-frame.ts';
import { useSettled } from '../../hooks/use-settled.ts';
import { plannedRanges, statesIn } from '../../model/frame-strip.ts';
import { isBetterStacked } from '../../model/geometry.ts';
import { withSpan } from '../../model/video-document.ts';
import { peopleOf } from '../../model/video-part.ts';
import { edit, useEdit } from '../../state/edit.ts';
import { usePreferences } from '../../state/preferences.ts';
import { useVideoView } from '../../state/video-view.ts';
import { text } from '../../text.ts';
import { FilmPane } from './film-pane.tsx';
import { useFilmStyles } from './film-styles.ts';
import { Legend } from './legend.tsx';
import { type Lane, Timeline } from './timeline.tsx';
import { Transport } from './transport.tsx';
import type { ClipWork } from './use-clip.ts';

const useStyles = makeStyles({
  under: { gap: tokens.spacingVerticalS, maxHeight: '38%' },
});

/** How long a frame must be shown before it is swapped for a preview. Milliseconds. */
const PREVIEW_DELAY = 250;
const PREVIEW_SIDE = 1280;

/** Why a frame cannot be previewed now; null where it can. */
function previewObstacle({ clip, stale }: ClipWork, hasFace: boolean): string | null {
  if (clip.people.phase !== 'found') return text.video.film.previewNeedsPeople;
  if (stale) return text.video.people.stale;
  return hasFace ? null : text.video.film.previewNeedsFace;
}

/** The target video: playing it, choosing the range, and any frame with the swap beside it. */
export function ClipView({ work }: { work: ClipWork }) {
  const styles = useStyles();
  const filmStyles = useFilmStyles();
  const { clips } = useStudio();
  const { clip, span } = work;
  const { info, people } = clip;
  const panes = useFrame<HTMLDivElement>();
  const stacked = isBetterStacked(panes.frame, info.aspect);
  const { frame, preview, muted } = useVideoView();
  const doc = useEdit((state) => state.history.present);
  const { video, videoExport } = usePreferences((state) => state.settings);
  const film = useFilm(info, span, Math.min(frame, info.frames - 1), (next) => useVideoView.setState({ frame: next }));
  const lanes = useMemo<readonly Lane[]>(
    () =>
      people.phase === 'found'
        ? people.timeline.tracks.map(({ id, ranges }) => ({
            id: String(id),
            name: text.video.people.person(id + 1),
            ranges: plannedRanges(ranges, doc.video.people[id] !== undefined),
          }))
        : [],
    [people, doc.video.people],
  );
  const states = statesIn(lanes);

  const obstacle = previewObstacle(work, peopleOf(doc.video).length > 0);
  const previewing = preview && obstacle === null;
  const wish = useSettled(
    `${frame}|${JSON.stringify([doc.video.people, doc.settings, video, videoExport])}`,
    PREVIEW_DELAY,
  );
  const settledFrame = Number(wish.slice(0, wish.indexOf('|')));
  const inside = settledFrame >= span.first && settledFrame < span.end;
  const setSpan = (first: number, end: number) => {
    const moved = first === span.first ? 'end' : 'first';
    edit((now) => withSpan(now, { first, end }, info.frames), `span ${moved}`);
  };
  const keyed = (event: KeyboardEvent) => {
    const { target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || !(target instanceof HTMLElement)) return;
    if (target.matches('button, input, [role=menuitemradio]')) return;
    const does: Readonly<Record<string, () => void>> = {
      ' ': film.toggle,
      i: () => setSpan(frame, Math.max(frame + 1, span.end)),
      o: () => setSpan(Math.min(span.first, frame), frame + 1),
    };
    const run = does[event.key.toLowerCase()];
    if (!run) return;
    event.preventDefault();
    run();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of the film work wherever the focus is in here
    <div className={filmStyles.root} onKeyDown={keyed}>
      <div className={mergeClasses(filmStyles.panes, stacked && filmStyles.stacked)} ref={panes.ref}>
        <FilmPane
          label={text.video.film.target}
          subject={clip.key}
          frame={Math.min(frame, info.frames - 1)}
          load={() => clips.frame(clip.key, frame, PREVIEW_SIDE)}
          media={clip.id === null ? null : info.media}
          player={useMemo(() => film.player(0, 0), [film.player])}
          muted={muted || info.audio === 0}
        />
        {previewing && (
          <FilmPane
            label={text.video.film.preview}
            subject={`preview:${clip.key}`}
            frame={settledFrame}
            version={wish}
            load={!film.playing && inside ? () => clips.preview(clip.key, settledFrame, PREVIEW_SIDE) : null}
            waiting={text.video.film.previewing}
            failed={text.video.film.previewFailed}
            empty={inside ? undefined : text.video.film.outside}
          />
        )}
      </div>
      <Transport clip={info} film={film} frame={frame} sound={info.audio > 0}>
        <Tooltip content={text.video.timeline.setIn} relationship="label">
          <Button
            size="small"
            appearance="subtle"
            icon={<PaddingLeft20Regular />}
            onClick={() => setSpan(frame, Math.max(frame + 1, span.end))}
          />
        </Tooltip>
        <Tooltip content={text.video.timeline.setOut} relationship="label">
          <Button
            size="small"
            appearance="subtle"
            icon={<PaddingRight20Regular />}
            onClick={() => setSpan(Math.min(span.first, frame), frame + 1)}
          />
        </Tooltip>
        <Tooltip content={text.video.timeline.clear} relationship="label">
          <Button
            size="small"
            appearance="subtle"
            icon={<ArrowReset20Regular />}
            disabled={doc.video.span === null}
            onClick={() => edit((now) => withSpan(now, null, info.frames))}
          />
        </Tooltip>
        <Tooltip content={obstacle ?? text.video.film.previewHint} relationship="description">
          <ToggleButton
            size="small"
            icon={<Eye20Regular />}
            checked={previewing}
            disabledFocusable={obstacle !== null}
            onClick={() => obstacle === null && useVideoView.setState({ preview: !preview })}
          >
            {text.video.film.previewSwap}
          </ToggleButton>
        </Tooltip>
      </Transport>
      <section className={mergeClasses(filmStyles.under, styles.under)} aria-label={text.video.timeline.label}>
        <Timeline
          clip={info}
          lanes={lanes}
          names={text.video.timeline.plans}
          frame={Math.min(frame, info.frames - 1)}
          onSeek={film.seek}
          span={span}
          onSpan={(next) => setSpan(next.first, next.end)}
        />
        <Legend states={states} names={text.video.timeline.plans} />
      </section>
    </div>
  );
}
