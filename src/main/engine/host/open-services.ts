/** What a real engine process serves. */
import path from 'node:path';
import { modelsFolder } from '#engine/face/models/location.ts';
import { findHome } from '#engine/files/home.ts';
import { loadSettings, saveSettings } from '#engine/files/settings-store.ts';
import { createVideoEngine } from '#engine/jobs/create-video-engine.ts';
import { openJobQueue } from '#engine/jobs/job-queue.ts';
import { createPhotoStudio } from '#engine/pipeline/create-photo-studio.ts';
import { savedDevice } from '#engine/pipeline/engines.ts';
import { rgiReadiness } from '#engine/pipeline/rgi/readiness.ts';
import { refinePhoto } from '#engine/tuning/refine-photo.ts';
import { openTuningNetworks } from '#engine/tuning/tuning-networks.ts';
import { listPacks } from '#engine/weights/packs.ts';
import { examineSystem } from './doctor.ts';
import { keepTidy } from './keep-tidy.ts';
import { createKeptClips } from './kept-clips.ts';
import { createKeptWeights } from './kept-weights.ts';
import { createLane } from './lane.ts';
import { createOpenedVideos } from './opened-videos.ts';
import { createPhotoRefiner } from './photo-refiner.ts';
import type { OpenServices } from './run-engine.ts';
import { readSamples } from './samples.ts';
import { shareLane } from './shared-video-engine.ts';
import { TuningDesk } from './tuning-desk.ts';

export const openServices: OpenServices = async () => {
  const home = findHome();
  const notices: string[] = [];
  const work = createLane();
  const studio = createPhotoStudio();
  const desk = new TuningDesk(home.jobs);
  const jobs = openJobQueue({
    ...{ jobs: home.jobs, faces: home.faces, tuning: desk },
    engine: shareLane(createVideoEngine(), work),
  });
  const kept = createKeptClips(home.clips);
  keepTidy(jobs, kept, home);
  return {
    studio,
    samples: await readSamples(path.join(modelsFolder(), 'samples')),
    settings: {
      get: async () => {
        const { value, notice } = await loadSettings(home);
        if (notice !== undefined) notices.push(notice);
        return value;
      },
      set: (settings) => saveSettings(home, settings),
      notices: () => notices.splice(0),
    },
    models: {
      packs: home.packs,
      engines: async () => {
        const { ready, missing, parts } = rgiReadiness(await listPacks(home.packs));
        const named = missing.map(({ title, state }) => (state === 'missing' ? `“${title}”` : `“${title}” (${state})`));
        const reason = ready ? null : `They need packs that are not there: ${named.join(', ')}.`;
        const lacks = parts.filter(({ works }) => ready && !works).map(({ without }) => without);
        return [
          { id: 'classic', ready: true, reason: null, lacks: [] },
          { id: 'rgi', ready, reason, lacks },
        ];
      },
    },
    video: {
      jobs,
      videos: createOpenedVideos(),
      kept,
    },
    refiner: createPhotoRefiner(studio, async () => {
      const [networks, device] = [await openTuningNetworks(home.packs), await savedDevice()];
      return (options) => refinePhoto({ ...options, networks, device });
    }),
    tuning: { desk, weights: createKeptWeights(home) },
    lanes: { work, packs: createLane() },
    doctor: () => examineSystem(home),
  };
};
