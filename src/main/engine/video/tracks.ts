/** Sorts ffprobe's streams into tracks, applies the limits and says what will not survive. Pure. */
import { InputError } from '#engine/errors.ts';
import type { ColorTags } from './color-tags.ts';
import { CHOOSE_VIDEO } from './containers-in.ts';
import type { VideoLimits } from './limits.ts';
import { ORIENTATIONS, parseDisplayMatrix } from './orientation.ts';
import type { Description, StreamDescription } from './probe-schema.ts';
import { invert, parseRational, type Rational } from './rational.ts';
import type { OtherTrack, Track, VideoInfo, VideoTrack } from './video-info.ts';

type Described = Omit<VideoInfo, 'path' | 'file' | 'bytes' | 'container'>;

const SQUARE: Rational = { num: 1, den: 1 };

/** Subtitles that are pictures; every other format is text. */
const PICTURE_SUBTITLES = new Set(['hdmv_pgs_subtitle', 'dvd_subtitle', 'dvb_subtitle', 'xsub', 'dvb_teletext']);

/**
 * @param file as the user knows it
 * @throws InputError without a picture track, or when a claim exceeds the limits
 */
export function readDescription(data: Description, file: string, limits: VideoLimits): Described {
  const refuse = (message: string): InputError => new InputError(message, { file, action: CHOOSE_VIDEO });
  checkClaims(data, file, limits);
  const of = (type: string): StreamDescription[] => data.streams.filter((stream) => stream.codec_type === type);
  const stream = of('video').find((candidate) => !isCover(candidate));
  if (!stream) throw refuse('The file has no picture track.');
  const video = readVideoTrack(stream, refuse);
  const others = data.streams.flatMap((other) => (other === stream ? [] : readOther(other)));
  return {
    startSeconds: data.format.start_time ?? 0,
    durationSeconds: data.format.duration,
    video,
    audio: of('audio').map((audio) => ({
      ...readTrack(audio),
      sampleRate: audio.sample_rate ?? 0,
      channels: audio.channels ?? 0,
    })),
    subtitles: of('subtitle').map((subtitle) => ({
      ...readTrack(subtitle),
      text: !PICTURE_SUBTITLES.has(subtitle.codec_name),
    })),
    attachments: of('attachment').map(readTrack),
    others,
    chapters: data.chapters.map((chapter) => ({
      startSeconds: chapter.start_time,
      endSeconds: chapter.end_time,
      title: chapter.tags['title'],
    })),
    tags: data.format.tags,
    notices: noticesOf(video, stream),
  };
}

/** @throws InputError when there are more tracks, or a picture track claims more, than the limits allow */
export function checkClaims({ streams }: Description, file: string, limits: VideoLimits): void {
  if (streams.length > limits.streams) throw tooManyTracks(file, limits);
  for (const { codec_type, width = 0, height = 0, nb_frames = 0 } of streams) {
    if (codec_type !== 'video') continue;
    checkFrameSize(width, height, file, limits);
    if (nb_frames > limits.frames) {
      throw beyondLimits(`The video claims ${nb_frames} frames; ${limits.frames} is the limit.`, file);
    }
  }
}

/** @throws InputError */
export function checkFrameSize(width: number, height: number, file: string, limits: VideoLimits): void {
  const claim = `The video claims ${width} x ${height} pixels`;
  if (width > limits.side || height > limits.side) {
    throw beyondLimits(`${claim}; a side may have up to ${limits.side}.`, file);
  }
  if (width * height > limits.pixels) {
    throw beyondLimits(`${claim}; ${Math.floor(limits.pixels / 1e6)} million is the limit.`, file);
  }
}

const beyondLimits = (message: string, file: string): InputError =>
  new InputError(message, { file, action: CHOOSE_VIDEO });

export const tooManyTracks = (file: string, { streams }: VideoLimits): InputError =>
  beyondLimits(`The file claims more than ${streams} tracks.`, file);

function readTrack({ index, codec_name, tags }: StreamDescription): Track {
  return { index, codec: codec_name, language: tags['language'], title: tags['title'] };
}

const isCover = ({ disposition }: StreamDescription): boolean =>
  disposition['attached_pic'] === 1 || disposition['timed_thumbnails'] === 1;

function readOther(stream: StreamDescription): OtherTrack[] {
  if (stream.codec_type === 'video') return [{ ...readTrack(stream), kind: isCover(stream) ? 'cover' : 'video' }];
  if (['audio', 'subtitle', 'attachment'].includes(stream.codec_type ?? '')) return [];
  return [{ ...readTrack(stream), kind: 'data' }];
}

function readVideoTrack(stream: StreamDescription, refuse: (message: string) => InputError): VideoTrack {
  const { width = 0, height = 0, pix_fmt: pixelFormat = '', nb_frames: claimedFrames } = stream;
  if (width < 1 || height < 1) throw refuse('The picture track gives no width or height.');
  const timeBase = parseRational(stream.time_base);
  if (pixelFormat === '' || !timeBase) throw refuse('The picture track is damaged: no frame of it can be read.');
  const orientation = orientationOf(stream) ?? 'upright';
  const { swapsSides } = ORIENTATIONS[orientation];
  const aspect = parseRational(stream.sample_aspect_ratio) ?? SQUARE;
  return {
    ...readTrack(stream),
    profile: stream.profile,
    pixelFormat,
    bitDepth: bitDepthOf(pixelFormat, stream.bits_per_raw_sample),
    codedWidth: width,
    codedHeight: height,
    orientation,
    width: swapsSides ? height : width,
    height: swapsSides ? width : height,
    sampleAspect: swapsSides ? invert(aspect) : aspect,
    timeBase,
    averageRate: parseRational(stream.avg_frame_rate),
    claimedFrames: claimedFrames === 0 ? undefined : claimedFrames,
    claimedEnd: stream.duration_ts === undefined ? undefined : (stream.start_pts ?? 0) + stream.duration_ts,
    color: readColor(stream),
    interlaced: ['tt', 'bb', 'tb', 'bt'].includes(stream.field_order ?? ''),
    tags: stream.tags,
  };
}

/** Undefined where the matrix is no quarter turn or mirror. */
function orientationOf({ side_data_list }: StreamDescription): VideoTrack['orientation'] | undefined {
  const matrix = side_data_list.find((data) => data.displaymatrix !== undefined)?.displaymatrix;
  return matrix === undefined ? 'upright' : parseDisplayMatrix(matrix);
}

function bitDepthOf(pixelFormat: string, rawBits: number | undefined): number {
  const named = /(?:p|gray|gbrap?|p0|y2)(9|10|12|14|16)(?:le|be)?$/.exec(pixelFormat)?.[1];
  if (named !== undefined) return Number(named);
  if (/^(rgb|bgr)48|^(rgb|bgr)a64/.test(pixelFormat)) return 16;
  return rawBits !== undefined && rawBits > 8 && rawBits <= 16 ? rawBits : 8;
}

function readColor(stream: StreamDescription): ColorTags {
  const known = (value: string | undefined): string | undefined =>
    value === undefined || value === 'unknown' || value === 'unspecified' ? undefined : value;
  const range = known(stream.color_range);
  return {
    range: range === 'tv' || range === 'pc' ? range : undefined,
    matrix: known(stream.color_space),
    primaries: known(stream.color_primaries),
    transfer: known(stream.color_transfer),
  };
}

function noticesOf(video: VideoTrack, stream: StreamDescription): readonly string[] {
  const sideData = stream.side_data_list.map((data) => data.side_data_type ?? '');
  const remarks: readonly (readonly [applies: boolean, notice: string])[] = [
    [video.bitDepth > 8, `The video has ${video.bitDepth} bits a colour; it is worked on and written with 8.`],
    [
      ['smpte2084', 'arib-std-b67'].includes(video.color.transfer ?? '') && video.bitDepth > 8,
      'The video is HDR: its coded values are kept with 8 bits, so smooth gradients may show steps.',
    ],
    [
      sideData.some((type) => /mastering display|content light|dovi|dynamic hdr/i.test(type)),
      'Its HDR metadata (brightness of the mastering display, Dolby Vision) is not written to the result.',
    ],
    [video.interlaced, 'The video is interlaced; its frames are worked on as they are and written as whole frames.'],
    [/^(yuva|rgba|bgra|argb|abgr|gbrap|ya)/.test(video.pixelFormat), 'The transparency of the video is not kept.'],
    [
      orientationOf(stream) === undefined,
      'The video is marked as turned by an angle that is no quarter turn; it is worked on as stored.',
    ],
  ];
  return remarks.flatMap(([applies, notice]) => (applies ? [notice] : []));
}
