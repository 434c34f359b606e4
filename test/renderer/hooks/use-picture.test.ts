import { describe, expect, it } from 'vitest';
import { shownOf } from '../../../src/renderer/hooks/use-picture.ts';

const asked = { subject: 'result', key: 'result@2' };
const earlier = { subject: 'result', key: 'result@1', url: 'blob:1' };
const present = { ...asked, url: 'blob:2' };

describe('a picture of the engine', () => {
  it('is late until what was asked for is there; the one before of the same subject stays', () => {
    expect(shownOf(null, asked, null)).toEqual({ url: null, state: 'loading', late: true });
    expect(shownOf(earlier, asked, null)).toEqual({ url: 'blob:1', state: 'shown', late: true });
    expect(shownOf(present, asked, null)).toEqual({ url: 'blob:2', state: 'shown', late: false });
  });

  it('of another subject is not shown', () => {
    expect(shownOf({ ...earlier, subject: 'other' }, asked, null)).toEqual({ url: null, state: 'loading', late: true });
  });

  it('is no longer waited for once it has failed', () => {
    expect(shownOf(null, asked, asked.key)).toEqual({ url: null, state: 'failed', late: false });
    expect(shownOf(earlier, asked, asked.key)).toEqual({ url: 'blob:1', state: 'shown', late: false });
    expect(shownOf(earlier, asked, 'result@1').late).toBe(true);
  });
});
