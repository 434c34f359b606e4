import { describe, expect, it } from 'vitest';
import type { LabelMap } from '#engine/image/picture.ts';
import {
  OUTER_LABELS,
  PAPER_SHAPES,
  recompose,
  type ShapeFaces,
  shapeFaces,
  TARGET_FACE,
} from '#engine/pipeline/rgi/recompose.ts';
import { type RegionId, regionIndex } from '#shared/regions.ts';
import { DEFAULT_REGION_SWITCHES } from '#shared/settings.ts';
import { goldenUnits } from '#test/support/golden-tensors.ts';
import { imageReference, runLengths } from '#test/support/image-reference.ts';

const LETTERS = '.LBEHNSARMGO';

/** A map from rows of letters: `.` background, then the initials of lips, brows, eyes, hair, nose, skin, … */
function draw(...rows: string[]): LabelMap {
  const labels = Uint8Array.from(rows.join(''), (letter) => {
    const label = LETTERS.indexOf(letter);
    if (label < 0) throw new RangeError(`no region is drawn as ${letter}`);
    return label;
  });
  return { width: rows[0]!.length, height: rows.length, labels };
}

const rowsOf = ({ width, labels }: Pick<LabelMap, 'width' | 'labels'>): string[] =>
  Array.from({ length: labels.length / width }, (_, y) =>
    [...labels.subarray(y * width, (y + 1) * width)].map((label) => LETTERS[label] ?? '?').join(''),
  );

const marked = (hole: Uint8Array, width: number): string[] =>
  Array.from({ length: hole.length / width }, (_, y) =>
    [...hole.subarray(y * width, (y + 1) * width)].map((v) => (v === 1 ? 'x' : '-')).join(''),
  );

/** The paper's shapes with some regions from another face. */
const withShapes = (changes: Partial<Record<RegionId, number>>): ShapeFaces => {
  const shapes = [...PAPER_SHAPES];
  for (const [id, face] of Object.entries(changes)) shapes[regionIndex(id as RegionId)] = face;
  return shapes;
};

describe('recompose, held against the original', () => {
  it.each(['swap_head_mask_hole_first', 'swap_head_mask_hole_first_case2'] as const)('%s', (name) => {
    const reference = imageReference[name];
    const mapOf = (runs: readonly (readonly number[])[]) => ({ width: 64, height: 64, labels: runLengths(runs) });
    const { map, hole, noseLine } = recompose([mapOf(reference.target_T), mapOf(reference.source_D)]);
    expect(map).toEqual(mapOf(reference.result));
    expect(hole).toEqual(runLengths(reference.hole_mask));
    expect(noseLine).toBe(reference.nose_line);
  });
});

describe('the rules of recompose', () => {
  it('paints the inner face of the driven map, and nothing else of it', () => {
    const target = draw('......', 'SSSSSS', 'SSSSSS', 'SSSSSS');
    const driven = draw('......', 'HARGO.', 'LBENMS', '......');
    // Hair, ears, neck, glasses, ear-rings and background of the driven face leave the target's skin.
    expect(rowsOf(recompose([target, driven]).map)).toEqual(['......', 'SSSSSS', 'LBENMS', 'SSSSSS']);
  });

  it('keeps background, neck, ears and ear-rings of the target behind the driven face', () => {
    const target = draw('......', '.RRAAO', '.RRAAO');
    const driven = draw('......', '......', '.SSSSS');
    expect(rowsOf(recompose([target, driven]).map)).toEqual(['......', '.RRAAO', '.SSSSS']);
  });

  it('lets the driven face grow over the background, at the side and below', () => {
    const target = draw('.....', '..S..', '..S..', '.....');
    const driven = draw('.....', '.SSS.', '.SSS.', '.SSS.');
    expect(rowsOf(recompose([target, driven]).map)).toEqual(['.....', '.SSS.', '.SSS.', '.SSS.']);
  });

  it('fills what neither face explains with skin', () => {
    const target = draw('....', 'SNLM', 'SBES');
    const driven = draw('....', '....', '....');
    expect(rowsOf(recompose([target, driven]).map)).toEqual(['....', 'SSSS', 'SSSS']);
  });

  it('keeps what lies above the target’s forehead: a hat or a hand', () => {
    const target = draw('....', '....', '.SS.', '.SS.');
    const driven = draw('....', 'SSSS', 'SSSS', 'SSSS');
    // In the columns with skin, background above the skin stays background; beside them the driven face grows.
    expect(rowsOf(recompose([target, driven]).map)).toEqual(['....', 'S..S', 'SSSS', 'SSSS']);
  });

  it('does not count skin in the first row for the forehead', () => {
    const target = draw('SS', '..', '.S');
    const driven = draw('..', 'SS', 'SS');
    expect(rowsOf(recompose([target, driven]).map)).toEqual(['SS', 'S.', 'SS']);
  });

  it('puts hair and glasses of the target over everything', () => {
    const target = draw('....', 'HGHG', 'SSSS');
    const driven = draw('....', 'EEBB', 'SSSS');
    expect(rowsOf(recompose([target, driven]).map)).toEqual(['....', 'HGHG', 'SSSS']);
  });

  it('takes brows of the target where hair hides those of the driven face', () => {
    const target = draw('.....', 'SBBHS', 'SSSSS');
    const driven = draw('.....', 'SHSHB', 'SSSSS');
    expect(rowsOf(recompose([target, driven]).map)).toEqual(['.....', 'SBSHB', 'SSSSS']);
  });
});

describe('the hole', () => {
  const target = draw('SSSS', 'SSGS', 'SSSS', 'SSSA', 'SSSS');

  it('is face of the target without face of the driven one, from the lowest row of the eyes on', () => {
    const driven = draw('....', '.EE.', '.ESG', '.SH.', 'OSRA');
    const { hole, eyeLine } = recompose([target, driven]);
    expect(eyeLine).toBe(2);
    // Row 2: the driven glasses count as face. Row 3: the ear of the target is no face.
    expect(marked(hole, 4)).toEqual(['----', '----', 'x---', 'x-x-', 'x-xx']);
  });

  it('starts at the brows where eyes are missing', () => {
    const { hole, eyeLine } = recompose([target, draw('....', '.BB.', '....', '....', '....')]);
    expect(eyeLine).toBe(1);
    expect(marked(hole, 4)).toEqual(['----', 'x--x', 'xxxx', 'xxx-', 'xxxx']);
  });

  it('starts at two fifths of the height without eyes and brows', () => {
    const { hole, eyeLine, noseLine } = recompose([target, draw('....', '....', '....', '....', '....')]);
    expect([eyeLine, noseLine]).toEqual([2, 3]);
    expect(marked(hole, 4)).toEqual(['----', '----', 'xxxx', 'xxx-', 'xxxx']);
  });
});

describe('shapes by region', () => {
  const target = draw('.HHHH.', '.HBBH.', 'ASESSA', '.SNNS.', '.SLLS.', '.RRRR.');
  const driven = draw('......', '.HHHH.', '.BBSS.', '.SESSA', '.SSNS.', '.SLMR.');

  it('of the target alone give the target, without a hole', () => {
    const shapes = PAPER_SHAPES.map(() => TARGET_FACE);
    const { map, hole } = recompose([target, driven], shapes);
    expect(map).toEqual(target);
    expect(hole.includes(1)).toBe(false);
  });

  it('put a feature of the target on the skin of the driven face', () => {
    const { map } = recompose([target, driven], withShapes({ nose: TARGET_FACE }));
    expect(rowsOf(map)).toEqual(['.HHHH.', '.HBBH.', 'ABBSSA', '.SNNS.', '.SSSS.', '.SLMR.']);
  });

  it('put a feature of the driven face into the target’s', () => {
    const shapes = withShapes({ skin: 0, brows: 0, eyes: 0, lips: 0, mouth: 0, nose: 1 });
    const { map, hole } = recompose([target, driven], shapes);
    expect(rowsOf(map)).toEqual(['.HHHH.', '.HBBH.', 'ASESSA', '.SSSS.', '.SLNS.', '.RRRR.']);
    expect(hole.includes(1)).toBe(false);
  });

  it('take hair of the driven face, and show behind the target’s what the driven face shows there', () => {
    const { map } = recompose([target, driven], withShapes({ hair: 1 }));
    expect(rowsOf(map)).toEqual(['......', '.HHHH.', 'ABBSSA', '.SESS.', '.SSNS.', '.SLMR.']);
  });

  it('take ears and neck of the driven face', () => {
    const { map } = recompose([target, driven], withShapes({ ears: 1, neck: 1 }));
    expect(rowsOf(map)).toEqual(['.HHHH.', '.HBBH.', '.BBSS.', '.SESSA', '.SSNS.', '.SLMR.']);
  });

  it('take glasses of the driven face over all, and leave skin where the target wore some', () => {
    const { map } = recompose([draw('...', 'SGS', 'SSS'), draw('...', 'SSS', 'GGS')], withShapes({ glasses: 1 }));
    expect(rowsOf(map)).toEqual(['...', 'SSS', 'GGS']);
  });

  it('come from several driven faces', () => {
    const other = draw('......', '......', '.SSSS.', '.SSSS.', '.NNNN.', '.SSSS.');
    const { map } = recompose([target, driven, other], withShapes({ nose: 2, mouth: 0 }));
    expect(rowsOf(map)).toEqual(['.HHHH.', '.HBBH.', 'ABBSSA', '.SESS.', '.NNNN.', '.SLRR.']);
  });

  it('follow the settings: off or without amount is the target’s', () => {
    expect(shapeFaces(DEFAULT_REGION_SWITCHES, 1)).toEqual(PAPER_SHAPES);
    expect(shapeFaces(DEFAULT_REGION_SWITCHES, 0).every((face) => face === TARGET_FACE)).toBe(true);
    const regions = {
      ...DEFAULT_REGION_SWITCHES,
      nose: { texture: true, shape: true, amount: 0 },
      hair: { texture: false, shape: true, amount: 0.4 },
    };
    expect(shapeFaces(regions, 1)).toEqual(withShapes({ nose: 0, hair: 1 }));
  });

  it('are refused for faces that are not there, and for maps of two sizes', () => {
    expect(() => recompose([target])).toThrow(RangeError);
    expect(() => recompose([target, draw('..')])).toThrow(RangeError);
    expect(() => recompose([target, driven], [1, 1])).toThrow(RangeError);
  });
});

/** Maps of blocks with labels by chance, and shapes by chance. */
const CASES = Array.from({ length: 40 }, (_, n) => {
  const blocks = (name: string): LabelMap => {
    const units = goldenUnits(`recompose:${name}:${n}`, 64);
    const labels = Uint8Array.from({ length: 24 * 24 }, (_, i) => {
      const block = Math.floor(i / 24 / 3) * 8 + Math.floor((i % 24) / 3);
      return Math.floor(12 * units[block]!);
    });
    return { width: 24, height: 24, labels };
  };
  const shapes = Array.from(goldenUnits(`recompose:shapes:${n}`, 12), (u) => Math.floor(2 * u));
  return { target: blocks('target'), driven: blocks('driven'), shapes };
});

const [HAIR, GLASSES] = [regionIndex('hair'), regionIndex('glasses')];

describe('for any two maps', () => {
  it('each pixel gets one region, and hair and glasses of the target stay', () => {
    for (const { target, driven } of CASES) {
      const { labels } = recompose([target, driven]).map;
      expect(labels.length).toBe(target.labels.length);
      labels.forEach((label, i) => {
        const kept = target.labels[i] === HAIR || target.labels[i] === GLASSES;
        if (label > 11 || (kept && label !== target.labels[i])) throw new Error(`${label} at ${i}`);
      });
    }
  });

  it('the hole is what it is said to be', () => {
    for (const { target, driven } of CASES) {
      const { hole, eyeLine } = recompose([target, driven]);
      const expected = hole.map((_, i) =>
        i >= eyeLine * 24 && !OUTER_LABELS.has(target.labels[i]!) && OUTER_LABELS.has(driven.labels[i]!) ? 1 : 0,
      );
      expect(hole).toEqual(expected);
    }
  });

  it('with any shapes each pixel gets one region, and hair and glasses are those of their face', () => {
    for (const { target, driven, shapes } of CASES) {
      const faces = [target, driven];
      const { labels } = recompose(faces, shapes).map;
      const [hair, glasses] = [faces[shapes[HAIR]!]!.labels, faces[shapes[GLASSES]!]!.labels];
      labels.forEach((label, i) => {
        if (label > 11) throw new Error(`${label} at ${i}`);
        if (glasses[i] === GLASSES) expect(label).toBe(GLASSES);
        else if (hair[i] === HAIR) expect(label).toBe(HAIR);
      });
    }
  });

  it('switching the shape of a region changes pixels of that region alone, in one of the two maps', () => {
    for (const { target, driven, shapes } of CASES) {
      for (let region = 0; region < 12; region++) {
        const one = recompose([target, driven], shapes.with(region, 0)).map.labels;
        const other = recompose([target, driven], shapes.with(region, 1)).map.labels;
        one.forEach((label, i) => {
          const own = target.labels[i] === region || driven.labels[i] === region;
          if (!own && label !== other[i]) throw new Error(`region ${region} at ${i}: ${label}, ${other[i]}`);
        });
      }
    }
  });
});
