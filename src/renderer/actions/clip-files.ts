/** How the target video comes in, and where it is open. */
import type { FileHandle, GrantedFile } from '#shared/contract.ts';
import type { ErrorReport } from '#shared/errors.ts';
import { reportOf } from '../link/report.ts';
import type { StudioLink } from '../link/studio-link.ts';
import type { StudioDocument } from '../model/document.ts';
import { mainFace } from '../model/faces.ts';
import { withClip } from '../model/video-document.ts';
import type { ClipKey } from '../model/video-part.ts';
import { type ClipEntry, changeClip, clipOf, nextClipKey, putClip, useClips } from '../state/clips.ts';
import { currentDocument, edit } from '../state/edit.ts';
import { photoOf } from '../state/photos.ts';
import { showClip, useVideoView } from '../state/video-view.ts';

export type ClipFiles = ReturnType<typeof clipFiles>;

/** The clip of the document. */
export const presentClip = (): ClipEntry | null => clipOf(currentDocument().video.clip);

/** @param fail shows a failure to the user */
export function clipFiles(link: StudioLink, fail: (report: ErrorReport) => void) {
  const reopening = new Map<ClipKey, Promise<ClipEntry>>();
  let transfer: AbortController | null = null;

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

  /** The clip with its id in the present engine process, opening it there again when it has to. */
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

  return {
    place,
    ensureOpen,

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

    cancelOpening: (): void => transfer?.abort(),

    remove: (): void => edit((doc) => withClip(doc, null, null)),

    /** Lets go of a clip in the engine. */
    close({ key, id }: ClipEntry): void {
      changeClip(key, { id: null, people: { phase: 'none' }, draft: null });
      if (id === null) return;
      link
        .engine()
        .video.close({ video: id })
        .catch(() => undefined);
    },

    /** Opens the clip of the document in an engine process that has just started. */
    async reopen(): Promise<void> {
      reopening.clear();
      for (const clip of Object.values(useClips.getState().byKey)) if (clip) changeClip(clip.key, { id: null });
      const clip = presentClip();
      if (clip) await ensureOpen(clip.key).catch((error: unknown) => fail(reportOf(error)));
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
