/** The part of ffprobe's JSON that the studio reads. Unknown fields are passed over; missing ones stay missing. */
import { z } from 'zod';

const tags = z.record(z.string(), z.coerce.string()).default({});
const numberText = z.coerce.number().optional().catch(undefined);

const stream = z.object({
  index: z.number().int().nonnegative(),
  codec_type: z.string().optional(),
  codec_name: z.string().default('unknown'),
  profile: z.string().optional(),
  pix_fmt: z.string().optional(),
  width: z.number().int().optional(),
  height: z.number().int().optional(),
  bits_per_raw_sample: numberText,
  sample_aspect_ratio: z.string().optional(),
  time_base: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  nb_frames: numberText,
  start_pts: z.number().int().optional(),
  duration_ts: z.number().int().optional(),
  color_range: z.string().optional(),
  color_space: z.string().optional(),
  color_primaries: z.string().optional(),
  color_transfer: z.string().optional(),
  field_order: z.string().optional(),
  sample_rate: numberText,
  channels: z.number().int().optional(),
  disposition: z.record(z.string(), z.number()).default({}),
  tags,
  side_data_list: z
    .array(z.object({ side_data_type: z.string().optional(), displaymatrix: z.string().optional() }))
    .default([]),
});

export const description = z.object({
  streams: z.array(stream).default([]),
  chapters: z.array(z.object({ start_time: z.coerce.number(), end_time: z.coerce.number(), tags })).default([]),
  format: z
    .object({ start_time: numberText, duration: numberText, tags })
    .default({ start_time: undefined, duration: undefined, tags: {} }),
});

export type Description = z.infer<typeof description>;
export type StreamDescription = z.infer<typeof stream>;
