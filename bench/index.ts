/** The table of published measurements: one row each. */
import type { Bench } from './bench.ts';

export const BENCHES = {
  'photo-classic': {
    summary: 'the classic engine on a pair of photos: each stage, a changed slider, memory',
    load: async () => (await import('./photo-classic.ts')).photoClassic,
  },
  'video-classic': {
    summary: 'the classic engine on a 720p clip with one face: frames a second end to end, and where the time goes',
    load: async () => (await import('./video-classic.ts')).videoClassic,
  },
  'video-memory': {
    summary: 'peak memory of a job on 5,000 frames of 720p against one on 500',
    load: async () => (await import('./video-memory.ts')).videoMemory,
  },
  'rgi-photo': {
    summary: 'the rgi engine on a pair of photos: time and peak memory of each stage',
    load: async () => (await import('./rgi-photo.ts')).rgiPhoto,
  },
  'rgi-generator': {
    summary: 'the mask-guided generator: per region, exact, and plain StyleGAN2',
    load: async () => (await import('./rgi-generator.ts')).rgiGenerator,
  },
  'rgi-pti-step': {
    summary: 'one PTI update at 1024²: time and peak memory',
    load: async () => (await import('./rgi-pti-step.ts')).rgiPtiStep,
  },
  'rgi-pti-step-recomputed': {
    summary: "the same with the generator's layers computed again in the backward pass",
    load: async () => (await import('./rgi-pti-step.ts')).rgiPtiStepRecomputed,
  },
  'pti-schedule': {
    summary: 'tuning a clip: the literal schedule against the default one, to equal loss, lever by lever (an hour)',
    load: async () => (await import('./pti-schedule.ts')).ptiSchedule,
  },
} as const satisfies Record<string, { readonly summary: string; readonly load: () => Promise<Bench> }>;

export type BenchName = keyof typeof BENCHES;
