/** The calls of the models page (`modelsContract`) over the packs of this user. */
import { implement } from '@orpc/server';
import { UsageError } from '#engine/errors.ts';
import { FEATURES, type FeatureId, isPackId } from '#engine/weights/catalogue.ts';
import { type ImportProgress, importPath } from '#engine/weights/import.ts';
import { listPacks, type PackStatus, removePack, verifyPacks } from '#engine/weights/packs.ts';
import type { ReadGrant } from '#main/rpc/control.ts';
import type { FileHandle } from '#shared/contract.ts';
import {
  type Feature,
  type ImportEvent,
  type ModelsState,
  modelsContract,
  type Pack,
  type VerifyEvent,
} from '#shared/contract-models.ts';
import type { Lane } from './lane.ts';
import { streamEvents } from './progress-stream.ts';

export interface ModelsAccess {
  /** The folder of packs. */
  readonly packs: string;
  /** Which engines can run with the packs that are there. */
  engines(): Promise<ModelsState['engines']>;
}

export interface ModelsRouterOptions {
  readonly models: ModelsAccess;
  /** One change of packs at a time, over all windows. */
  readonly lane: Lane;
  readonly toReadGrant: (file: FileHandle) => Promise<ReadGrant>;
  /** Any failure as the contract's error. */
  readonly fail: (error: unknown) => Error;
}

export function createModelsRouter({ models, lane, toReadGrant, fail }: ModelsRouterOptions) {
  const { packs } = models;
  const os = implement(modelsContract).use(async ({ next }) => {
    try {
      return await next();
    } catch (error) {
      throw fail(error);
    }
  });
  const state = async (): Promise<ModelsState> => {
    const found = await listPacks(packs);
    return { packs: found.map(toPack), features: featuresOf(found), engines: await models.engines() };
  };

  return os.router({
    list: os.list.handler(state),
    import: os.import.handler(async function* ({ input, signal }) {
      try {
        const { path } = await toReadGrant(input.from);
        yield* streamEvents<ImportEvent>(async (emit, cancel) => {
          const onProgress = (progress: ImportProgress) => emit(toProgress(progress));
          const { files, ignored } = await lane(cancel, () =>
            importPath(packs, path, { signal: cancel, replace: input.replace, onProgress }),
          );
          const rows = files.map(({ pack, ...row }) => ({ ...row, pack: pack ?? null }));
          emit({ type: 'done', files: rows, ignored, state: await state() });
        }, signal);
      } catch (error) {
        throw fail(error);
      }
    }),
    verify: os.verify.handler(async function* ({ signal }) {
      try {
        yield* streamEvents<VerifyEvent>(async (emit, cancel) => {
          const verdicts = await lane(cancel, () =>
            verifyPacks(packs, {
              signal: cancel,
              onProgress: (progress) => emit({ type: 'progress', ...progress }),
            }),
          );
          const rows = verdicts.map(({ problems, ...row }) => ({ ...row, problems: [...problems] }));
          emit({ type: 'done', packs: rows, state: await state() });
        }, signal);
      } catch (error) {
        throw fail(error);
      }
    }),
    remove: os.remove.handler(async ({ input, signal }) => {
      const { pack } = input;
      if (!isPackId(pack)) throw new UsageError(`There is no pack "${pack}".`);
      await lane(signal, () => removePack(packs, pack));
      return state();
    }),
  });
}

/** Reading is the shorter part of a file's import. */
const READ_SHARE = 0.4;

function toProgress({ file, index, count, step, fraction }: ImportProgress): ImportEvent {
  const within = step === 'read' ? fraction * READ_SHARE : READ_SHARE + fraction * (1 - READ_SHARE);
  return { type: 'progress', file, index, count, step, fraction: (index + within) / count };
}

const toPack = ({ files, features, reason, helper: _, ...pack }: PackStatus): Pack => ({
  ...pack,
  reason: reason ?? null,
  features: [...features],
  files: files.map(({ name, present }) => ({ name, present })),
  bytes: files.reduce((sum, { weights }) => sum + weights.reduce((own, { bytes }) => own + bytes, 0), 0),
});

function featuresOf(packs: readonly PackStatus[]): Feature[] {
  return (Object.keys(FEATURES) as FeatureId[]).map((id) => {
    const own = packs.filter(({ features }) => features.includes(id));
    const required = own.filter(({ optional }) => !optional);
    const oneIsEnough = required.length === 0;
    const able = oneIsEnough ? own.filter(({ helper }) => !helper) : required;
    const absent = own.filter(({ state }) => state !== 'ready');
    const isThere = (pack: PackStatus) => !absent.includes(pack);
    const works = oneIsEnough ? able.some(isThere) : able.every(isThere);
    const missing = works ? [] : able.filter((pack) => !isThere(pack));
    const better = absent.filter((pack) => !missing.includes(pack));
    const ids = (rows: readonly PackStatus[]) => rows.map((pack) => pack.id);
    return { id, title: FEATURES[id], works, missing: ids(missing), oneIsEnough, better: ids(better) };
  });
}
