/** The table of published measurements: one row each. */
import type { Bench } from './bench.ts';

export const BENCHES = {
  'photo-classic': {
    summary: 'the classic engine on a pair of photos: each stage, a changed slider, memory',
    load: async () => (await import('./photo-classic.ts')).photoClassic,
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
} as const satisfies Record<string, { readonly summary: string; readonly load: () => Promise<Bench> }>;

export type BenchName = keyof typeof BENCHES;
