/** Temporary names: recognised wherever they were made, and nothing else is. */
import path from 'node:path';
import { expect, it } from 'vitest';
import { finalNameOf, temporaryPathFor } from '#engine/files/temporary-name.ts';

it.each(['result.mp4', '.hidden', 'a b.c', 'two\nlines', '.x.0123456789ab.tmp'])('%j is known again', (name) => {
  const made = temporaryPathFor(path.join('some', 'folder', name));
  expect(path.dirname(made)).toBe(path.join('some', 'folder'));
  expect(finalNameOf(path.basename(made))).toBe(name);
  expect(temporaryPathFor(path.join('some', 'folder', name))).not.toBe(made);
});

it.each([
  'notes.tmp',
  '.notes.tmp',
  'x.0123456789ab.tmp',
  '.0123456789ab.tmp',
  '.x.0123456789AB.tmp',
  '.x.0123456789ab.tmp2',
])('%j is somebody else’s', (name) => {
  expect(finalNameOf(name)).toBeUndefined();
});
