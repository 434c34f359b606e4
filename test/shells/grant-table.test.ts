import { describe, expect, it } from 'vitest';
import { createGrantTable } from '#main/shells/grant-table.ts';
import { fileHandleSchema, saveHandleSchema } from '#shared/contract.ts';

describe('the grant table', () => {
  it('gives handles that say nothing about their path and never repeat', () => {
    const grants = createGrantTable();
    const seen = new Set<string>();
    for (let i = 0; i < 1000; i++) {
      const { file, name } = grants.grantRead('/home/someone/holiday.png');
      expect(name).toBe('holiday.png');
      expect(file).not.toMatch(/holiday|someone/);
      seen.add(file).add(grants.grantWrite('/home/someone/holiday.png'));
    }
    expect(seen.size).toBe(2000);
  });

  it('reads what was granted until it is revoked', () => {
    const grants = createGrantTable();
    const { file } = grants.grantRead('/a/b.png', 'shown.png');
    expect(grants.answer('resolve', { file })).toEqual({ path: '/a/b.png', name: 'shown.png' });
    grants.revoke(file);
    expect(grants.answer('resolve', { file })).toBeUndefined();
    expect(grants.answer('resolve', { file: fileHandleSchema.parse('file_AAAAAAAA') })).toBeUndefined();
  });

  it('lets a place be written once, and again only when that failed', () => {
    const grants = createGrantTable();
    const to = grants.grantWrite('/a/out.png');
    expect(grants.answer('claim', { to })).toEqual({ path: '/a/out.png', name: 'out.png' });
    expect(grants.answer('claim', { to })).toBeUndefined();
    grants.answer('finish', { to, written: false });
    expect(grants.answer('claim', { to })).toBeDefined();
    // The engine was lost while it wrote.
    grants.releaseClaims();
    expect(grants.written(to)).toBeUndefined();
    expect(grants.answer('claim', { to })).toBeDefined();
    grants.answer('finish', { to, written: true });
    expect(grants.answer('claim', { to })).toBeUndefined();
    grants.releaseClaims();
    expect(grants.answer('claim', { to })).toBeUndefined();
    expect(grants.written(to)).toEqual({ path: '/a/out.png', name: 'out.png' });
  });

  it('believes no report about a place that nobody claimed', () => {
    const grants = createGrantTable();
    const to = grants.grantWrite('/a/out.png');
    grants.answer('finish', { to, written: true });
    expect(grants.written(to)).toBeUndefined();
    expect(grants.written(saveHandleSchema.parse('save_AAAAAAAA'))).toBeUndefined();
  });
});
