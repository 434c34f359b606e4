import { expect, test } from 'vitest';
import { createTimeQueue, parseFrameLine } from '#engine/video/frame-report.ts';
import { createPacketScan, risingTimes } from '#engine/video/frame-times.ts';
import { parseDisplayMatrix } from '#engine/video/orientation.ts';
import { parseEncoders } from '#engine/video/toolbox.ts';

const PREFIX = '[Parsed_showinfo_0 @ 0x3037c840] ';

test('times are read from the lines of old and new builds, and from no other line', () => {
  expect(parseFrameLine(`${PREFIX}n:   1 pts:   3003 pts_time:0.1001  pos:     8433 fmt:yuv420p`)).toBe(3003);
  expect(parseFrameLine(`${PREFIX}n:   0 pts:   -512 pts_time:-0.04   duration:    512`)).toBe(-512);
  expect(parseFrameLine(`${PREFIX}n:   0 pts:  NOPTS pts_time:NOPTS   pos: 1`)).toBeNaN();
  expect(parseFrameLine(`${PREFIX}config in time_base: 1/30000, frame_rate: 30000/1001`)).toBeUndefined();
  expect(parseFrameLine('    title           : n:   0 pts:      5 pts_time:0 ')).toBeUndefined();
});

test('the queue hands times out in order, waits, and ends', async () => {
  const queue = createTimeQueue();
  const first = queue.next();
  queue.push(1);
  queue.push(2);
  queue.close();
  expect([await first, await queue.next(), await queue.next()]).toEqual([1, 2, undefined]);
});

test('packets in order of decoding become times in order of showing', () => {
  const scan = createPacketScan(10, 'a.mp4');
  scan.read('0,1001,K__\n3003,1001,___\n10');
  scan.read('01,1001,___\n2002,1001,___\n-1001,1001,KD_\n');
  const times = scan.times({ timeBase: { num: 1, den: 30_000 }, claimedEnd: undefined });
  expect(scan.packets()).toBe(5);
  expect([...(times?.pts ?? [])]).toEqual([0, 1001, 2002, 3003]);
  expect(times?.end).toBe(4004);
});

test('a claimed end counts when it makes sense', () => {
  const track = { timeBase: { num: 1, den: 1000 } };
  const end = (claimedEnd: number): number | undefined => {
    const scan = createPacketScan(10, 'a.mp4');
    scan.read('0,40,K__\n40,40,___\n');
    return scan.times({ ...track, claimedEnd })?.end;
  };
  expect([end(500), end(40), end(1e12)]).toEqual([500, 80, 80]);
});

test('packets without a time, or two at the same, are no answer', () => {
  for (const text of ['0,1,K__\nN/A,1,___\n', '0,1,K__\n0,1,___\n']) {
    const scan = createPacketScan(10, 'a.avi');
    scan.read(text);
    expect(scan.times({ timeBase: { num: 1, den: 25 }, claimedEnd: undefined })).toBeUndefined();
  }
});

test('decoded times always rise', () => {
  expect([...risingTimes([0, 5, Number.NaN, 5, 9])]).toEqual([0, 5, 6, 7, 9]);
  expect([...risingTimes([Number.NaN, Number.NaN])]).toEqual([0, 1]);
});

test('display matrices: quarter turns at any scale, nothing for other angles', () => {
  const text = (a: number, b: number, c: number, d: number): string =>
    `\n00000000:  ${a}  ${b}  0\n00000001:  ${c}  ${d}  0\n00000002:  0  0  1073741824\n`;
  expect(parseDisplayMatrix(text(0, 65_536, -65_536, 0))).toBe('quarter-right');
  expect(parseDisplayMatrix(text(-131_072, 0, 0, -131_072))).toBe('half');
  expect(parseDisplayMatrix(text(46_341, 46_341, -46_341, 46_341))).toBeUndefined();
  expect(parseDisplayMatrix(text(0, 0, 0, 0))).toBeUndefined();
  expect(parseDisplayMatrix('')).toBeUndefined();
});

test('encoders are read from the list of ffmpeg', () => {
  const list =
    ' V..... = Video\n ------\n V.S... ffv1                 FFmpeg codec\n A..... aac   AAC\n VF.... png  PNG\n';
  expect(parseEncoders(list)).toEqual(new Set(['ffv1', 'png']));
});
