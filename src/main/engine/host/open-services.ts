/// <reference types="vite/types/importMeta.d.ts" />
/** What a real engine process serves. */
import path from 'node:path';
import { findAppRoot } from '#engine/files/app-root.ts';
import { findHome } from '#engine/files/home.ts';
import { type AppSettings, DEFAULT_APP_SETTINGS } from '#shared/settings.ts';
import type { EngineServices } from './engine-router.ts';
import { readSamples } from './samples.ts';

const factories = import.meta.glob<{
  createPhotoStudio(options: { models: string }): Promise<EngineServices['studio']>;
}>('../pipeline/create-photo-studio.ts');

export async function openServices(): Promise<Omit<EngineServices, 'ask'>> {
  const app = findAppRoot(import.meta.url);
  const home = findHome();
  const factory = await Object.values(factories)[0]?.();
  if (factory === undefined) throw new Error('The photo engine is not part of this build.');
  const studio = await factory.createPhotoStudio({ models: app.models });
  let settings: AppSettings = DEFAULT_APP_SETTINGS;
  return {
    studio,
    samples: await readSamples(path.join(app.models, 'samples')),
    settings: {
      get: async () => settings,
      set: async (next) => {
        settings = next;
        return next;
      },
    },
    doctor: async () => ({ version: app.version, home: home.root }),
  };
}
