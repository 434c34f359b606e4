import { PEOPLE } from './people.ts';
import type { Picture } from './picture.ts';

const PORTRAIT = { size: [1024, 1280], camera: { x: 0, y: -4, view: 43 } } as const;
const alone = (id: keyof typeof PEOPLE): Picture['figures'] => [{ person: PEOPLE[id], offset: [0, 0, 0] }];

/** The sample pictures, in the order they are shown. */
export const PICTURES: readonly Picture[] = [
  {
    id: 'ines',
    title: 'Ines',
    seed: 11,
    ...PORTRAIT,
    figures: alone('ines'),
    lighting: 'loopLeft',
    exposure: 0.5,
    backdrop: { inner: 0x8e9a9c, outer: 0x3a4348, glow: [0.6, 0.4], bokeh: 0, bokehColor: 0xffffff },
  },
  {
    id: 'kofi',
    title: 'Kofi',
    seed: 23,
    ...PORTRAIT,
    figures: alone('kofi'),
    lighting: 'loopRight',
    exposure: 0.66,
    backdrop: { inner: 0xb7a48d, outer: 0x5c4a3c, glow: [0.35, 0.35], bokeh: 0, bokehColor: 0xffffff },
  },
  {
    id: 'freja',
    title: 'Freja',
    seed: 37,
    ...PORTRAIT,
    figures: alone('freja'),
    lighting: 'window',
    exposure: 0.47,
    backdrop: { inner: 0x93a58f, outer: 0x38473c, glow: [0.7, 0.3], bokeh: 16, bokehColor: 0xc9d6a8 },
  },
  {
    id: 'walter',
    title: 'Walter',
    seed: 41,
    ...PORTRAIT,
    figures: alone('walter'),
    lighting: 'rembrandt',
    exposure: 0.52,
    backdrop: { inner: 0x6b6a6c, outer: 0x242427, glow: [0.4, 0.4], bokeh: 0, bokehColor: 0xffffff },
  },
  {
    id: 'mei',
    title: 'Mei',
    seed: 53,
    ...PORTRAIT,
    figures: alone('mei'),
    lighting: 'butterfly',
    exposure: 0.5,
    backdrop: { inner: 0xd9d2cc, outer: 0x8d8580, glow: [0.5, 0.35], bokeh: 0, bokehColor: 0xffffff },
  },
  {
    id: 'arjun',
    title: 'Arjun',
    seed: 67,
    ...PORTRAIT,
    figures: alone('arjun'),
    lighting: 'loopLeft',
    exposure: 0.56,
    backdrop: { inner: 0x7f8ea0, outer: 0x323b48, glow: [0.35, 0.35], bokeh: 12, bokehColor: 0xe6c79a },
  },
  {
    id: 'amara',
    title: 'Amara',
    seed: 79,
    ...PORTRAIT,
    figures: alone('amara'),
    lighting: 'golden',
    exposure: 0.6,
    backdrop: { inner: 0xc79a6b, outer: 0x4a3b3a, glow: [0.75, 0.3], bokeh: 18, bokehColor: 0xffc98a },
  },
  {
    id: 'together',
    title: 'Sofia and Tomas',
    seed: 97,
    size: [1280, 1024],
    figures: [
      { person: PEOPLE.sofia, offset: [-13.5, -1.5, 3] },
      { person: PEOPLE.tomas, offset: [13, 0, -3] },
    ],
    lighting: 'butterfly',
    exposure: 0.52,
    backdrop: { inner: 0x9fb0b8, outer: 0x4c5a63, glow: [0.5, 0.3], bokeh: 14, bokehColor: 0xd9e6ee },
    camera: { x: 0, y: -3.5, view: 46 },
  },
];
