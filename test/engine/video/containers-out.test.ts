import { describe, expect, test } from 'vitest';
import { UsageError } from '#engine/errors.ts';
import { containerFor, planTracks } from '#engine/video/containers-out.ts';
import type { VideoInfo } from '#engine/video/video-info.ts';

const track = (index: number, codec: string, language?: string) => ({ index, codec, language, title: undefined });

const source: VideoInfo = {
  path: '/clips/a.mkv',
  file: 'a.mkv',
  bytes: 1,
  container: { demuxer: 'matroska', title: 'Matroska or WebM' },
  startSeconds: 0,
  durationSeconds: 1,
  video: {
    ...track(0, 'h264'),
    profile: undefined,
    pixelFormat: 'yuv420p',
    bitDepth: 8,
    codedWidth: 64,
    codedHeight: 48,
    orientation: 'upright',
    width: 64,
    height: 48,
    sampleAspect: { num: 1, den: 1 },
    timeBase: { num: 1, den: 1000 },
    averageRate: undefined,
    claimedFrames: undefined,
    claimedEnd: undefined,
    color: {},
    interlaced: false,
    tags: {},
  },
  audio: [
    { ...track(1, 'aac', 'eng'), sampleRate: 48_000, channels: 2 },
    { ...track(2, 'opus', 'fra'), sampleRate: 48_000, channels: 6 },
    { ...track(3, 'pcm_s16le'), sampleRate: 48_000, channels: 1 },
  ],
  subtitles: [
    { ...track(4, 'subrip', 'eng'), text: true },
    { ...track(5, 'hdmv_pgs_subtitle', 'deu'), text: false },
  ],
  attachments: [track(6, 'ttf')],
  others: [
    { ...track(7, 'mjpeg'), kind: 'cover' },
    { ...track(8, 'tmcd'), kind: 'data' },
  ],
  chapters: [],
  tags: {},
  notices: [],
};

describe('tracks by container', () => {
  const COVER = 'The cover picture 7 (mjpeg) is left out.';
  test('Matroska takes everything as it is', () => {
    const { options, notices } = planTracks(source, 'mkv');
    expect(notices).toEqual([COVER]);
    expect(options.filter((option) => /^-c:[as]:/.test(option))).toHaveLength(5);
    expect(options.filter((_, i) => /^-c:[ast]/.test(options[i - 1] ?? ''))).toEqual(Array(6).fill('copy'));
    expect(options.filter((_, i) => options[i - 1] === '-map')).toEqual(['1:1', '1:2', '1:3', '1:4', '1:5', '1:6']);
  });
  test('MP4 says what it changes and what it leaves behind', () => {
    expect(planTracks(source, 'mp4').notices).toEqual([
      'MP4 cannot hold the sound of track 3 (pcm_s16le); it is written as AAC.',
      'Subtitle track eng (subrip) is written as timed text; its styles may change.',
      'MP4 cannot hold subtitle track deu (hdmv_pgs_subtitle); it is left out.',
      'MP4 cannot hold attached files; 1 are left out.',
      COVER,
    ]);
  });
  test('QuickTime keeps uncompressed sound, WebM keeps Opus', () => {
    expect(planTracks(source, 'mov').notices[0]).toContain('fra (opus)');
    expect(planTracks(source, 'webm').notices.slice(0, 2)).toEqual([
      'WebM cannot hold the sound of track eng (aac); it is written as Opus.',
      'WebM cannot hold the sound of track 3 (pcm_s16le); it is written as Opus.',
    ]);
  });
});

test('the ending chooses the container, and the codec must fit it', () => {
  expect(containerFor('A.MP4', 'h264')).toBe('mp4');
  expect(containerFor('a.m4v', 'h265')).toBe('mp4');
  expect(containerFor('a.mov', 'prores')).toBe('mov');
  expect(containerFor('a.mkv', 'ffv1')).toBe('mkv');
  expect(containerFor('a.webm', 'vp9')).toBe('webm');
  expect(() => containerFor('a.avi', 'h264')).toThrow(UsageError);
  expect(() => containerFor('a.webm', 'h264')).toThrow('WebM cannot hold this kind of video.');
  expect(() => containerFor('a.mp4', 'prores')).toThrow(UsageError);
});
