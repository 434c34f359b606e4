/**
 * The one door to sharp. It opens only what the studio reads: every other loader of libvips is shut before the first
 * file is touched, so that a renamed SVG, PDF or scientific format never reaches its parser.
 */
import { availableParallelism } from 'node:os';
import sharp from 'sharp';

const OPEN_LOADERS = [
  'VipsForeignLoadJpeg',
  'VipsForeignLoadPng',
  'VipsForeignLoadWebp',
  'VipsForeignLoadTiff',
  'VipsForeignLoadHeif',
  'VipsForeignLoadNsgif',
] as const;

sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: [...OPEN_LOADERS] });
// Pictures are decoded once and kept by the studio itself; a second cache would only hold memory.
sharp.cache(false);
sharp.concurrency(Math.min(4, availableParallelism()));

export { sharp };
