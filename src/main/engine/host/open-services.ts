/** What a real engine process serves. */
import path from 'node:path';
import { modelsFolder } from '#engine/face/models/location.ts';
import { findHome } from '#engine/files/home.ts';
import { loadSettings, saveSettings } from '#engine/files/settings-store.ts';
import { createPhotoStudio } from '#engine/pipeline/create-photo-studio.ts';
import { examineSystem } from './doctor.ts';
import type { OpenServices } from './run-engine.ts';
import { readSamples } from './samples.ts';

export const openServices: OpenServices = async () => {
  const home = findHome();
  return {
    studio: createPhotoStudio(),
    samples: await readSamples(path.join(modelsFolder(), 'samples')),
    settings: {
      get: async () => {
        const { value, notice } = await loadSettings(home);
        // The file is put aside by now; the log says where.
        if (notice !== undefined) console.error(notice);
        return value;
      },
      set: (settings) => saveSettings(home, settings),
    },
    doctor: () => examineSystem(home),
  };
};
