/** The application's settings on disk. */
import { APP_SETTINGS_VERSION, type AppSettings, appSettingsSchema, DEFAULT_APP_SETTINGS } from '#shared/settings.ts';
import type { Home } from './home.ts';
import { type Loaded, loadVersioned, type Migration, type StoreOptions, saveVersioned } from './versioned-store.ts';

/** Version n to n + 1. Keep every row for ever, and a file of each past version among the tests. */
export const SETTINGS_MIGRATIONS: Readonly<Record<number, Migration>> = {
  // Version 2 keeps the fields of the Video tab.
  1: (settings) => ({
    ...settings,
    video: {
      maxFrames: -1,
      crop: true,
      detail: 'fast',
      pti: false,
      ptiSteps: 80,
      ptiLearningRate: 1e-3,
      ptiResume: null,
      recolorLambda: 5,
    },
    videoExport: { codec: 'h264', quality: 80, preset: 'fast', output: 'video', container: 'mp4' },
    resumeJobs: false,
  }),
};

const options = (home: Pick<Home, 'settingsFile'>): StoreOptions<AppSettings> => ({
  file: home.settingsFile,
  title: 'settings',
  schema: appSettingsSchema,
  version: APP_SETTINGS_VERSION,
  migrations: SETTINGS_MIGRATIONS,
  defaults: DEFAULT_APP_SETTINGS,
});

/**
 * The saved settings, or the defaults where there are none or they cannot be used (then with a notice).
 * @throws StorageError
 */
export const loadSettings = (home: Pick<Home, 'settingsFile'>): Promise<Loaded<AppSettings>> =>
  loadVersioned(options(home));

/**
 * Saves the settings; resolves to what was written.
 * @throws StorageError
 */
export const saveSettings = (home: Pick<Home, 'settingsFile'>, settings: AppSettings): Promise<AppSettings> =>
  saveVersioned(options(home), settings);
