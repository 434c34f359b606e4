/** Settings that outlive the window. */
import type { ErrorReport } from '#shared/errors.ts';
import type { AppSettings } from '#shared/settings.ts';
import { reportOf } from '../link/report.ts';
import type { StudioLink } from '../link/studio-link.ts';
import { withSettings } from '../model/document.ts';
import { amendDocument } from '../state/edit.ts';
import { usePreferences } from '../state/preferences.ts';
import { say, useUi } from '../state/ui.ts';
import { text } from '../text.ts';

export type PreferenceActions = ReturnType<typeof preferenceActions>;

export function preferenceActions(link: StudioLink, fail: (report: ErrorReport) => void) {
  return {
    /** Reads the settings once; the first start begins with the tour. */
    async load(): Promise<void> {
      if (usePreferences.getState().loaded) return;
      try {
        const settings = await link.engine().settings.get();
        usePreferences.setState({ settings, loaded: true });
        amendDocument((doc) => withSettings(doc, settings.swap));
        if (!settings.tourSeen) useUi.setState({ tour: 0 });
        for (const body of await link.engine().settings.notices()) {
          say({ intent: 'warning', title: text.preferences.notice, body });
        }
      } catch (error) {
        const report = reportOf(error);
        if (report.kind !== 'engine-lost') fail(report);
      }
    },

    /** Shows the change at once and keeps it; a refused change is taken back. */
    async set(change: Partial<AppSettings>): Promise<void> {
      const before = usePreferences.getState().settings;
      usePreferences.setState({ settings: { ...before, ...change } });
      try {
        await link.engine().settings.set({ ...before, ...change });
      } catch (error) {
        usePreferences.setState({ settings: before });
        fail(reportOf(error));
      }
    },

    doctor: (): Promise<Record<string, unknown>> => link.engine().system.doctor(),
  };
}
