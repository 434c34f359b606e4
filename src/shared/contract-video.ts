/** The calls of the Video tab: looking at a clip, finding its faces, jobs, and addresses to play from. */
import { z } from 'zod';
import { id } from './contract-base.ts';

/** A clip that the engine has open. */
export const videoIdSchema = id('video', 'VideoId');
export type VideoId = z.infer<typeof videoIdSchema>;

/** Both shells serve videos to the page under this path, with `Range`. */
export const MEDIA_PATH = '/media/';
/** A path on the page's own address, good for this window until it goes. */
export const mediaAddressSchema = z
  .string()
  .regex(/^\/media\/[A-Za-z0-9_-]{32}$/, 'not an address of a video')
  .brand<'MediaAddress'>();
export type MediaAddress = z.infer<typeof mediaAddressSchema>;
