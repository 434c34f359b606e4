import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
// @ts-expect-error a script without types
import { checkLayers, importsOf } from '../../scripts/check-layers.mjs';

const root = path.resolve(import.meta.dirname, '../..');
let planted: string | undefined;

/** A small tree with the project's own rule table and one file in it. */
function plant(file: string, text: string): string[] {
  planted = mkdtempSync(path.join(tmpdir(), 'e4s-layers-'));
  for (const name of ['layers.json', 'package.json']) cpSync(path.join(root, name), path.join(planted, name));
  mkdirSync(path.join(planted, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(planted, file), text);
  return checkLayers(planted) as string[];
}

afterEach(() => {
  if (planted !== undefined) rmSync(planted, { recursive: true, force: true });
  planted = undefined;
});

describe('the layer rule', () => {
  it('holds in the tree', () => {
    expect(checkLayers(root)).toEqual([]);
  });

  it.each([
    [
      'src/main/engine/tensor/a.ts',
      "import { x } from '#engine/pipeline/b.ts';",
      'may not import src/main/engine/pipeline/b.ts',
    ],
    ['src/main/engine/image/a.ts', "export { x } from '../face/b.ts';", 'may not import src/main/engine/face/b.ts'],
    [
      'src/main/engine/face/a.ts',
      "const x = await import('../../shells/web.ts');",
      'may not import src/main/shells/web.ts',
    ],
    ['src/renderer/a.tsx', "import { y } from '#engine/errors.ts';", 'may not import src/main/engine/errors.ts'],
    ['src/main/engine/pipeline/a.ts', "import { app } from 'electron';", 'may import electron'],
    ['src/main/engine/face/a.ts', "import * as ort from 'onnxruntime-node';", 'may import onnxruntime-node'],
    ['src/other/a.ts', 'export {};', 'belongs to no layer'],
  ])('refuses %s: %s', (file, text, message) => {
    const violations = plant(file, text);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toContain(message);
  });

  it('allows what looks down', () => {
    expect(
      plant(
        'src/main/engine/pipeline/a.ts',
        "import { x } from '#engine/image/b.ts';\nimport { y } from '../face/c.ts';",
      ),
    ).toEqual([]);
  });

  it('sees every form of import', () => {
    const text =
      "import a from 'a';\nimport 'b';\nexport * from 'c';\nconst d = import('d');\nimport type { E } from 'e';";
    expect(importsOf(text).map((i: { specifier: string }) => i.specifier)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});
