/** What a real engine process serves. */
import path from 'node:path';
import { modelsFolder } from '#engine/face/models/location.ts';
import { findHome } from '#engine/files/home.ts';
import { loadSettings, saveSettings } from '#engine/files/settings-store.ts';
import { createPhotoStudio } from '#engine/pipeline/create-photo-studio.ts';
import { rgiUnavailable } from '#engine/pipeline/rgi-packs.ts';
import { examineSystem } from './doctor.ts';
import { createLane } from './lane.ts';
import type { OpenServices } from './run-engine.ts';
import { readSamples } from './samples.ts';

export const openServices: OpenServices = async () => {
  const home = findHome();
  const notices: string[] = [];
  return {
    studio: createPhotoStudio(),
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
      engines: async () => [
        { id: 'classic', ready: true, reason: null },
        { id: 'rgi', ready: false, reason: (await rgiUnavailable(home.packs)).message },
      ],
    },
    lanes: { work: createLane(), packs: createLane() },
    doctor: () => examineSystem(home),
  };
};
