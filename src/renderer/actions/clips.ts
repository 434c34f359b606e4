/** The target video: how it comes in, the people in it, and single frames of it with and without the swap. */
import type { FileHandle, GrantedFile } from '#shared/contract.ts';
import type { JobSourceChoice } from '#shared/contract-video.ts';
import type { ErrorReport } from '#shared/errors.ts';
import type { JobId, JobInfo } from '#shared/jobs.ts';
import { reportOf } from '../link/report.ts';
import type { StudioLink } from '../link/studio-link.ts';
import type { StudioDocument } from '../model/document.ts';
import { mainFace } from '../model/faces.ts';
import { byId, isDraft } from '../model/job-status.ts';
import { jobVideoSettings, tuningObstacle } from '../model/tuning.ts';
import {
  type ClipKey,
  goalOf,
  mostSeen,
  peopleOf,
  sameSpan,
  trimOf,
  wantedSpan,
  withClip,
  withFoundPeople,
  withSpan,
} from '../model/video-document.ts';
import { type ClipEntry, changeClip, clipOf, nextClipKey, putClip, useClips } from '../state/clips.ts';
import { amendDocument, currentDocument, edit } from '../state/edit.ts';
import { useJobs } from '../state/jobs.ts';
import { useModels } from '../state/models.ts';
import { photoOf } from '../state/photos.ts';
import { usePreferences } from '../state/preferences.ts';
import { say } from '../state/ui.ts';
import { showClip, useVideoView } from '../state/video-view.ts';
import { text } from '../text.ts';
import type { PhotoActions } from './photos.ts';
import { PictureCache } from './pictures.ts';

/** Thumbnails and frames for the screen, pixels. */
const THUMB_SIDE = 112;

export type ClipActions = ReturnType<typeof clipActions>;

/** @param fail shows a failure to the user */
export function clipActions(link: StudioLink, photos: PhotoActions, fail: (report: ErrorReport) => void) {
  const cache = new PictureCache();
  const reopening = new Map<ClipKey, Promise<ClipEntry>>();
  let transfer: AbortController | null = null;
  /** What each draft was last told: it is told again only what has changed. */
  const told = new Map<JobId, string>();
  let last: Promise<unknown> = Promise.resolve();

  const present = (): ClipEntry | null => clipOf(currentDocument().video.clip);

  /** One after the other: a preview must see the settings that were sent before it. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  }

  async function place(from: ClipEntry['from'], draft: ClipEntry['draft']): Promise<ClipEntry> {
    const info = await link.engine().video.open(from);
    const clip: ClipEntry = { key: nextClipKey(), from, info, id: info.video, people: { phase: 'none' }, draft };
    putClip(clip);
    edit((doc) => withClip(doc, clip.key, firstFace(doc)));
    useVideoView.setState({ frame: 0, preview: false, person: 'largest' });
    showClip();
    return clip;
  }

  async function openWith(name: string, grant: (signal: AbortSignal) => Promise<GrantedFile>): Promise<void> {
    transfer?.abort();
    const mine = new AbortController();
    transfer = mine;
    useClips.setState({ opening: { name, fraction: null } });
    let file: FileHandle | null = null;
    try {
      ({ file } = await grant(mine.signal));
      if (mine.signal.aborted) return;
      useClips.setState({ opening: { name, fraction: null } });
      await place({ file }, null);
      file = null;
    } catch (error) {
      const report = reportOf(error, mine.signal);
      fail(report.file === undefined ? { ...report, file: name } : report);
    } finally {
      // What could not be opened is not needed.
      if (file !== null) link.release(file);
      if (transfer === mine) useClips.setState({ opening: null });
    }
  }

  /** The clip's id in the present engine process, opening it there again when it has to. */
  function ensureOpen(key: ClipKey): Promise<ClipEntry> {
    const clip = clipOf(key);
    if (!clip) return Promise.reject(new RangeError(`no clip ${key}`));
    if (clip.id !== null) return Promise.resolve(clip);
    const pending = reopening.get(key);
    if (pending) return pending;
    const again = link
      .engine()
      .video.open(clip.from)
      .then((info) => {
        changeClip(key, { info, id: info.video });
        return clipOf(key) ?? clip;
      })
      .finally(() => reopening.delete(key));
    reopening.set(key, again);
    return again;
  }

  async function sources(doc: StudioDocument): Promise<JobSourceChoice[]> {
    const choices: JobSourceChoice[] = [];
    for (const [person, { photo, face }] of peopleOf(doc.video)) {
      choices.push({ photo: await photos.ensureOpen(photo), face, goal: goalOf(person) });
    }
    return choices;
  }

  async function choices() {
    const doc = currentDocument();
    const { video, videoExport } = usePreferences.getState().settings;
    return {
      sources: await sources(doc),
      swap: { ...doc.settings, crop: video.crop },
      video: jobVideoSettings(video, tuningObstacle(doc.settings.engine, useModels.getState().models)),
      export: videoExport,
    };
  }

  /** Tells a draft who gets which face, and how, unless it knows. */
  async function tellDraft(job: JobId): Promise<void> {
    const now = await choices();
    const text = JSON.stringify(now);
    if (told.get(job) === text) return;
    await link.engine().jobs.configure({ job, ...now });
    told.set(job, text);
  }

  async function findPeople(): Promise<void> {
    const clip = present();
    if (!clip) return;
    const { key } = clip;
    const { settings } = usePreferences.getState();
    const span = wantedSpan(currentDocument().video, clip.info.frames, settings.video.maxFrames);
    if (clip.draft !== null) discard(clip.draft);
    changeClip(key, { people: { phase: 'looking', job: null, span }, draft: null });
    try {
      const opened = await ensureOpen(key);
      const job = await link.engine().jobs.create({
        clip: opened.info.video,
        trim: { in: { frame: span.first }, out: { frame: span.end } },
        sources: [],
        swap: { ...currentDocument().settings, crop: settings.video.crop },
        video: settings.video,
        export: settings.videoExport,
        stopAfter: 'analyse',
      });
      if (clipOf(key)?.people.phase !== 'looking') return discard(job.id);
      changeClip(key, { people: { phase: 'looking', job: job.id, span } });
      await follow();
    } catch (error) {
      const report = reportOf(error);
      changeClip(key, {
        people: report.kind === 'engine-lost' ? { phase: 'none' } : { phase: 'failed', error: report },
      });
      fail(report);
    }
  }

  /** A draft that nobody needs any more. */
  function discard(job: JobId): void {
    told.delete(job);
    link
      .engine()
      .jobs.remove({ job })
      .catch(() => undefined);
  }

  async function adopt(key: ClipKey, job: JobInfo): Promise<void> {
    const timeline = await link.engine().jobs.timeline({ job: job.id });
    const { people } = clipOf(key) ?? {};
    if (people?.phase !== 'looking') return;
    changeClip(key, { people: { phase: 'found', job: job.id, span: people.span, timeline }, draft: job.id });
    if (currentDocument().video.clip !== key) return;
    // Not a step of the user's: an undo goes back behind it.
    amendDocument((doc) => withFoundPeople(doc, timeline.tracks));
    useVideoView.setState({ person: mostSeen(timeline.tracks) });
  }

  /** Looks how far the job is that finds the people of each clip. */
  async function follow(): Promise<void> {
    const { list, removed } = useJobs.getState();
    for (const clip of Object.values(useClips.getState().byKey)) {
      if (!clip) continue;
      const { people, draft } = clip;
      if ('job' in people && people.job !== null && removed.includes(people.job)) {
        changeClip(clip.key, { people: { phase: 'none' }, draft: null });
        continue;
      }
      // Told of faces it still waits; once it was started it is a job like others.
      if (draft !== null && (byId(list, draft)?.state ?? 'paused') !== 'paused') changeClip(clip.key, { draft: null });
      if (people.phase !== 'looking' || people.job === null) continue;
      const job = byId(list, people.job);
      if (!job) continue;
      if (isDraft(job)) await adopt(clip.key, job).catch((error: unknown) => fail(reportOf(error)));
      else if (job.state === 'failed' && job.error)
        changeClip(clip.key, { people: { phase: 'failed', error: job.error } });
      else if (job.state === 'cancelled') changeClip(clip.key, { people: { phase: 'none' } });
      else if (job.state === 'interrupted') await link.engine().jobs.resume({ job: job.id });
    }
  }

  return {
    /** Files from an input or a drop; of several videos the first is taken. */
    async openFile(file: File): Promise<void> {
      await openWith(file.name, (signal) =>
        link.grant(file, {
          kind: 'video',
          signal,
          onProgress: (fraction) => useClips.setState({ opening: { name: file.name, fraction } }),
        }),
      );
    },

    /** The system's dialog; false where there is none and the page has to use its own file input. */
    async openDialog(): Promise<boolean> {
      try {
        const granted = await link.shell().files.openDialog({ kind: 'video', multiple: false });
        const [file] = granted ?? [];
        if (file) await openWith(file.name, () => Promise.resolve(file));
        return granted !== null;
      } catch (error) {
        fail(reportOf(error));
        return true;
      }
    },

    /** Goes on with a job that has found people and waits for their faces. */
    async openDraft(job: JobInfo): Promise<void> {
      if (present()?.draft === job.id) {
        showClip();
        useVideoView.setState({ side: 'settings' });
        return;
      }
      try {
        const clip = await place({ job: job.id }, job.id);
        const span = { first: job.first, end: job.end };
        amendDocument((doc) => withSpan(doc, span, clip.info.frames));
        changeClip(clip.key, { people: { phase: 'looking', job: job.id, span } });
        useVideoView.setState({ side: 'settings', frame: job.first });
        await follow();
      } catch (error) {
        fail(reportOf(error));
      }
    },

    cancelOpening(): void {
      transfer?.abort();
    },

    remove: (): void => edit((doc) => withClip(doc, null, null)),

    /** Closes in the engine what the document no longer names, and gives back what was only needed for it. */
    closeUnused(): void {
      const used = currentDocument().video.clip;
      for (const clip of Object.values(useClips.getState().byKey)) {
        if (!clip || clip.key === used) continue;
        if (clip.people.phase === 'looking' && clip.people.job !== null) discard(clip.people.job);
        else if (clip.draft !== null && 'file' in clip.from) discard(clip.draft);
        if (clip.id === null && clip.people.phase === 'none') continue;
        const { id } = clip;
        changeClip(clip.key, { id: null, people: { phase: 'none' }, draft: null });
        if (id !== null) {
          link
            .engine()
            .video.close({ video: id })
            .catch(() => undefined);
        }
      }
    },

    /** Opens the clip of the document in an engine process that has just started. */
    async reopenAll(): Promise<void> {
      reopening.clear();
      told.clear();
      for (const clip of Object.values(useClips.getState().byKey)) if (clip) changeClip(clip.key, { id: null });
      const clip = present();
      if (clip) await ensureOpen(clip.key).catch((error: unknown) => fail(reportOf(error)));
    },

    findPeople,
    follow,

    /** Stops looking for people. */
    stopLooking(): void {
      const clip = present();
      if (clip?.people.phase !== 'looking') return;
      if (clip.people.job !== null) discard(clip.people.job);
      changeClip(clip.key, { people: { phase: 'none' } });
    },

    /** One frame of the clip as it came. */
    frame: (key: ClipKey, frame: number, maxSide: number): Promise<Blob> =>
      cache.get(`frame:${key}:${frame}:${maxSide}`, async () =>
        link.engine().video.frame({ video: (await ensureOpen(key)).info.video, frame, maxSide }),
      ),

    /** The face of a person, small. */
    thumb: (job: JobId, track: number): Promise<Blob> =>
      cache.get(`thumb:${job}:${track}`, () => link.engine().jobs.trackThumb({ job, track, maxSide: THUMB_SIDE })),

    /** One frame with the swap that the document asks for. */
    preview: (draft: JobId, frame: number, maxSide: number): Promise<Blob> =>
      inTurn(async () => {
        await tellDraft(draft);
        return cache.get(`preview:${draft}:${frame}:${maxSide}:${told.get(draft)}`, () =>
          link.engine().jobs.frame({ job: draft, frame, which: 'result', maxSide }),
        );
      }),

    /** Makes the job that the document asks for; null when it was refused, which the user then knows. */
    async start(): Promise<JobInfo | null> {
      const clip = present();
      if (!clip) return null;
      try {
        const { draft } = clip;
        const { maxFrames } = usePreferences.getState().settings.video;
        if (isStale(clip, currentDocument(), maxFrames)) {
          say({ intent: 'warning', title: text.video.start.stale, body: text.video.people.stale });
          return null;
        }
        if (draft !== null) {
          const job = await inTurn(async () => {
            await tellDraft(draft);
            return link.engine().jobs.resume({ job: draft });
          });
          told.delete(draft);
          changeClip(clip.key, { draft: null });
          return job;
        }
        const opened = await ensureOpen(clip.key);
        const { video } = currentDocument();
        return await link
          .engine()
          .jobs.create({ clip: opened.info.video, trim: trimOf(video.span), ...(await choices()) });
      } catch (error) {
        fail(reportOf(error));
        return null;
      }
    },
  };
}

/** The main face of the first source photo. */
function firstFace(doc: StudioDocument) {
  const [photo] = doc.sources;
  if (photo === undefined) return null;
  const face = mainFace(photoOf(photo)?.info.faces ?? []);
  return face === null ? null : { photo, face };
}

/** Whether the people that were found are those of the frames that are wanted now. */
export function isStale(clip: ClipEntry, doc: StudioDocument, maxFrames: number): boolean {
  const { people } = clip;
  return people.phase === 'found' && !sameSpan(people.span, wantedSpan(doc.video, clip.info.frames, maxFrames));
}

/** Tells that only one of several videos was taken. */
export const sayOneClip = (name: string): void =>
  say({ intent: 'info', title: text.video.clip.one, body: text.video.clip.oneBody(name) });
