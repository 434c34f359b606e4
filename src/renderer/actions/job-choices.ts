/** What the window asks of a job, as the engine takes it. */
import type { JobOrder, JobSourceChoice } from '#shared/contract-video.ts';
import type { StudioDocument } from '../model/document.ts';
import { jobVideoSettings, tuningObstacle } from '../model/tuning.ts';
import { goalOf, peopleOf, trimOf } from '../model/video-part.ts';
import { currentDocument } from '../state/edit.ts';
import { useModels } from '../state/models.ts';
import { usePreferences } from '../state/preferences.ts';
import type { PhotoActions } from './photos.ts';

export type JobChoices = Pick<JobOrder, 'trim' | 'sources' | 'swap' | 'video' | 'export'>;

async function sourcesOf(doc: StudioDocument, photos: PhotoActions): Promise<JobSourceChoice[]> {
  const choices: JobSourceChoice[] = [];
  for (const [person, { photo, face }] of peopleOf(doc.video)) {
    choices.push({ photo: await photos.ensureOpen(photo), face, goal: goalOf(person) });
  }
  return choices;
}

/** What the document and the preferences say now. Photos are opened where the engine has forgotten them. */
export async function jobChoices(photos: PhotoActions): Promise<JobChoices> {
  const doc = currentDocument();
  const { video, videoExport } = usePreferences.getState().settings;
  return {
    trim: trimOf(doc.video.span),
    sources: await sourcesOf(doc, photos),
    swap: { ...doc.settings, crop: video.crop },
    video: jobVideoSettings(video, tuningObstacle(doc.settings.engine, useModels.getState().models)),
    export: videoExport,
  };
}
