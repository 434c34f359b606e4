import path from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MissingPackError } from '#engine/errors.ts';
import { classicModelPath, modelsFolder, setModelsFolder } from '#engine/face/models/location.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  setModelsFolder(undefined);
});

const OWN = path.resolve(import.meta.dirname, '../../../../models');

describe('classicModelPath', () => {
  it("finds the program's own models", () => {
    vi.stubEnv('E4S_MODELS', '');
    expect(modelsFolder()).toBe(OWN);
    expect(classicModelPath('face-mesh')).toBe(path.join(OWN, 'classic', 'face-mesh.onnx'));
  });

  it('prefers a chosen folder, and the environment to both', () => {
    setModelsFolder('/chosen');
    vi.stubEnv('E4S_MODELS', '');
    expect(modelsFolder()).toBe('/chosen');
    vi.stubEnv('E4S_MODELS', '/from-environment');
    expect(modelsFolder()).toBe('/from-environment');
  });

  it('says what to do when a model is missing', () => {
    setModelsFolder('/nowhere');
    vi.stubEnv('E4S_MODELS', '');
    let error: unknown;
    try {
      classicModelPath('person-mask');
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(MissingPackError);
    expect((error as MissingPackError).action).toContain('npm run build');
  });
});
