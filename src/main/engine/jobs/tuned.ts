/** Whether a job tunes its engine to the people of the clip. */
import type { Manifest } from './manifest.ts';

/** The classic engine has nothing to tune. */
export const isTuned = ({ settings, stopAfter }: Pick<Manifest, 'settings' | 'stopAfter'>): boolean =>
  stopAfter === undefined && settings.video.pti && settings.swap.engine !== 'classic';
