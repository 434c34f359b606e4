/** The theme that the settings and the system ask for. */
import type { Theme } from '@fluentui/react-components';
import { useSyncExternalStore } from 'react';
import { usePreferences } from '../state/preferences.ts';
import { darkTheme, highContrastTheme, lightTheme } from './themes.ts';

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => matchMedia(query).matches,
  );
}

export type ThemeName = 'light' | 'dark' | 'high-contrast';

const THEMES = { light: lightTheme, dark: darkTheme, 'high-contrast': highContrastTheme } as const satisfies Record<
  ThemeName,
  Theme
>;

/** Forced colours of the system win over everything; `system` follows light and dark. */
export function useTheme(): { name: ThemeName; theme: Theme } {
  const chosen = usePreferences((state) => state.settings.theme);
  const forced = useMedia('(forced-colors: active)');
  const dark = useMedia('(prefers-color-scheme: dark)');
  const system: ThemeName = dark ? 'dark' : 'light';
  const name: ThemeName = forced ? 'high-contrast' : chosen === 'system' ? system : chosen;
  return { name, theme: THEMES[name] };
}
