/** The settings that outlive the window, as the engine keeps them. */
import { create } from 'zustand';
import { type AppSettings, DEFAULT_APP_SETTINGS } from '#shared/settings.ts';

export interface PreferencesState {
  readonly settings: AppSettings;
  /** False until the engine has told them once: nothing may be written before. */
  readonly loaded: boolean;
}

export const usePreferences = create<PreferencesState>()(() => ({ settings: DEFAULT_APP_SETTINGS, loaded: false }));
