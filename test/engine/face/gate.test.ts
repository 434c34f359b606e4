import { describe, expect, it } from 'vitest';
import { type FaceContext, type GateRule, GEOMETRY_RULES, runGate, shareOutside } from '#engine/face/gate.ts';
import { warningSchema } from '#shared/contract.ts';

const context = (change: Partial<FaceContext['face']> = {}, rest: Partial<FaceContext> = {}): FaceContext => ({
  face: { box: [100, 100, 200, 240], pose: { yaw: 0, pitch: -8, roll: 0 }, ...change },
  picture: { width: 1000, height: 800 },
  faceCount: 1,
  ...rest,
});
const verdicts = (given: FaceContext) => runGate(GEOMETRY_RULES, given).map(({ rule, severity }) => [rule, severity]);
const pose = (yaw: number, pitch = -8) => ({ pose: { yaw, pitch, roll: 0 } });

describe('geometry rules', () => {
  it('have nothing to say about an ordinary face', () => {
    expect(verdicts(context())).toEqual([]);
    expect(verdicts(context({ pose: { yaw: 29, pitch: -20, roll: 179 } }))).toEqual([]);
  });

  it.each<[string, FaceContext, [string, string][]]>([
    ['turned', context(pose(-35)), [['yaw', 'degrades']]],
    ['from the side', context(pose(46)), [['yaw', 'blocks']]],
    ['looking up', context(pose(0, 30)), [['pitch', 'degrades']]],
    ['looking down', context(pose(0, -45)), [['pitch', 'degrades']]],
    ['small', context({ box: [100, 100, 70, 90] }), [['small-face', 'degrades']]],
    ['tiny', context({ box: [100, 100, 30, 39] }), [['small-face', 'blocks']]],
    ['touching the edge', context({ box: [-20, 100, 200, 240] }), [['cut-by-edge', 'degrades']]],
    ['half outside', context({ box: [900, 100, 200, 240] }), [['cut-by-edge', 'blocks']]],
    ['unsteady', context({ disagreement: 1.2 }), [['unsteady', 'degrades']]],
    ['one of many', context({}, { faceCount: 3 }), [['several-faces', 'info']]],
    [
      'everything at once',
      context({ ...pose(50), box: [-5, 0, 30, 30] }, { faceCount: 2 }),
      [
        ['yaw', 'blocks'],
        ['small-face', 'blocks'],
        ['cut-by-edge', 'degrades'],
        ['several-faces', 'info'],
      ],
    ],
  ])('%s', (_name, given, expected) => {
    expect(verdicts(given)).toEqual(expected);
  });

  it('speak in sentences of the contract', () => {
    const warnings = runGate(GEOMETRY_RULES, context({ ...pose(33), box: [-5, 0, 70, 90] }, { faceCount: 2 }));
    for (const warning of warnings) {
      expect(warningSchema.parse(warning)).toEqual(warning);
      expect(warning.message).toMatch(/^[A-Z].*\.$/);
    }
    expect(warnings.find(({ rule }) => rule === 'small-face')?.message).toContain('90 pixels');
    expect(new Set(GEOMETRY_RULES.map(({ rule }) => rule)).size).toBe(GEOMETRY_RULES.length);
  });

  it('take further rules over a wider context', () => {
    interface Wider extends FaceContext {
      readonly glasses: boolean;
    }
    const glasses: GateRule<Wider> = {
      rule: 'source-glasses',
      check: (given) => (given.glasses ? { severity: 'degrades', message: 'Glasses.' } : undefined),
    };
    const found = runGate<Wider>([...GEOMETRY_RULES, glasses], { ...context(pose(33)), glasses: true });
    expect(found.map(({ rule }) => rule)).toEqual(['yaw', 'source-glasses']);
  });
});

describe('shareOutside', () => {
  it('measures area', () => {
    const picture = { width: 100, height: 100 };
    expect(shareOutside([0, 0, 100, 100], picture)).toBe(0);
    expect(shareOutside([-50, 0, 100, 100], picture)).toBe(0.5);
    expect(shareOutside([50, 50, 100, 100], picture)).toBe(0.75);
    expect(shareOutside([200, 0, 10, 10], picture)).toBe(1);
  });
});
