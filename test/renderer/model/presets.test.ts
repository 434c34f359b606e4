import { describe, expect, it } from 'vitest';
import type { ModelsState } from '#shared/contract-models.ts';
import { REGIONS } from '#shared/regions.ts';
import { DEFAULT_REGION_SWITCHES, DEFAULT_SWAP_SETTINGS, swapSettingsSchema } from '#shared/settings.ts';
import { emptyDocument, withRegion } from '../../../src/renderer/model/document.ts';
import {
  effectiveEngine,
  isRegionKept,
  isUntouched,
  PRESETS,
  presetById,
  presetOf,
} from '../../../src/renderer/model/presets.ts';

describe('presets', () => {
  it('are valid settings, all different, and recognise themselves', () => {
    for (const { id, switches } of PRESETS) {
      expect(swapSettingsSchema.safeParse({ ...DEFAULT_SWAP_SETTINGS, regions: switches }).success, id).toBe(true);
      expect(presetOf(switches)).toBe(id);
      expect(presetById(id)).toBe(switches);
    }
  });

  it('begin with the default of the paper', () => {
    expect(presetOf(DEFAULT_REGION_SWITCHES)).toBe('paper');
  });

  it('change only regions that every engine can exchange', () => {
    for (const { id, switches } of PRESETS) {
      for (const region of REGIONS.filter(({ classic }) => classic === 'keep')) {
        expect(switches[region.id], `${id} ${region.id}`).toMatchObject({ texture: false, shape: false });
      }
    }
  });

  it('are left by any change', () => {
    const doc = emptyDocument(DEFAULT_SWAP_SETTINGS);
    expect(presetOf(withRegion(doc, 'nose', { amount: 0.9 }).settings.regions)).toBeNull();
  });

  it('keep for the classic engine exactly what the table of regions says', () => {
    for (const { id, classic } of REGIONS) {
      expect(isRegionKept(id, 'classic')).toBe(classic === 'keep');
      expect(isRegionKept(id, 'rgi')).toBe(false);
    }
  });

  it('follow the best engine that can run when the choice is automatic', () => {
    const models = (ready: boolean): ModelsState => ({
      packs: [],
      features: [],
      engines: [
        { id: 'classic', ready: true, reason: null, lacks: [] },
        { id: 'rgi', ready, reason: null, lacks: [] },
      ],
    });
    expect(effectiveEngine('auto', null)).toBe('classic');
    expect(effectiveEngine('auto', models(false))).toBe('classic');
    expect(effectiveEngine('auto', models(true))).toBe('rgi');
    expect(effectiveEngine('classic', models(true))).toBe('classic');
    expect(effectiveEngine('rgi', models(false))).toBe('rgi');
  });

  it('notice whether anything differs from the defaults', () => {
    expect(isUntouched(DEFAULT_SWAP_SETTINGS, DEFAULT_SWAP_SETTINGS)).toBe(true);
    expect(isUntouched({ ...DEFAULT_SWAP_SETTINGS, recolor: 0.5 }, DEFAULT_SWAP_SETTINGS)).toBe(false);
  });
});
