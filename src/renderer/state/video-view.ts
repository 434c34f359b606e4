/** What the Video tab has on screen. Nothing here is part of the work. */
import { create } from 'zustand';
import type { JobId } from '#shared/jobs.ts';
import type { PersonKey } from '../model/video-part.ts';

export type VideoSubject = { readonly kind: 'clip' } | { readonly kind: 'job'; readonly job: JobId };

export interface VideoViewState {
  readonly subject: VideoSubject;
  readonly side: 'settings' | 'jobs';
  /** The person that a picked source face goes to. */
  readonly person: PersonKey | null;
  /** The frame of the clip that is shown, counted from 0. */
  readonly frame: number;
  /** The frame is shown with the swap beside it. */
  readonly preview: boolean;
  /** A running job is watched at the frame that it finished last. */
  readonly follow: boolean;
  readonly muted: boolean;
}

export const useVideoView = create<VideoViewState>()(() => ({
  subject: { kind: 'clip' },
  side: 'settings',
  person: null,
  frame: 0,
  preview: false,
  follow: true,
  muted: false,
}));

export const showClip = (): void => useVideoView.setState({ subject: { kind: 'clip' } });
export const showJob = (job: JobId): void => useVideoView.setState({ subject: { kind: 'job', job }, side: 'jobs' });
