/** What `e4s doctor` prints and the window's diagnostics show: what works on this machine, and why something does not. */
import { access, constants, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { toReport } from '#engine/errors.ts';
import { MANIFEST_FILE, manifestSchema } from '#engine/face/models/build-classic-models.ts';
import { modelsFolder } from '#engine/face/models/location.ts';
import { sha256OfFile } from '#engine/files/hash.ts';
import { ensureHome, findHome, HOME_FOLDERS, type Home } from '#engine/files/home.ts';
import { findTool, type ToolName } from '#engine/video/ffmpeg.ts';
import { listPacks } from '#engine/weights/packs.ts';
import { PRODUCT } from '#shared/product.ts';
import { examineProviders, type ProviderReport } from './provider-report.ts';

export interface ModelReport {
  readonly file: string;
  readonly ok: boolean;
  /** Why it is not usable. */
  readonly reason?: string | undefined;
}

export interface ToolReport {
  readonly path: string | null;
  readonly version: string | null;
  readonly source: string | null;
  /** Why there is none, or why a better one was passed over. */
  readonly reason?: string | undefined;
}

export interface FolderReport {
  readonly path: string;
  readonly writable: boolean;
  readonly reason?: string | undefined;
}

/** A type rather than an interface: it crosses the process border as a plain record. */
export type DoctorReport = {
  readonly providers: readonly ProviderReport[];
  readonly ffmpeg: ToolReport;
  readonly ffprobe: ToolReport;
  readonly models: {
    readonly folder: string;
    readonly classic: readonly ModelReport[];
    /** Imported packs; `e4s models list` says more. */
    readonly packs: readonly { readonly id: string; readonly state: string }[];
  };
  readonly data: { readonly root: string; readonly folders: readonly FolderReport[] };
  readonly versions: Readonly<Record<string, string>>;
  /** The classic engine can run. */
  readonly ok: boolean;
};

export async function examineSystem(home: Home = findHome()): Promise<DoctorReport> {
  const [classic, packs, providers, ffmpeg, ffprobe, folders] = await Promise.all([
    examineClassicModels(path.join(modelsFolder(), 'classic')),
    listPacks(home.packs),
    examineProviders(),
    examineTool('ffmpeg'),
    examineTool('ffprobe'),
    examineFolders(home),
  ]);
  const cpu = providers.find(({ id }) => id === 'cpu');
  return {
    providers,
    ffmpeg,
    ffprobe,
    models: { folder: modelsFolder(), classic, packs: packs.map(({ id, state }) => ({ id, state })) },
    data: { root: home.root, folders },
    versions: {
      [PRODUCT.name]: PRODUCT.version,
      node: process.versions.node,
      ...(process.versions['electron'] ? { electron: process.versions['electron'] } : {}),
      platform: `${process.platform} ${process.arch}`,
    },
    ok: classic.every((model) => model.ok) && cpu?.self_test === 'passed',
  };
}

/** Every file of the manifest, compared with its hash; a missing manifest is one entry that says so. */
export async function examineClassicModels(folder: string): Promise<ModelReport[]> {
  const manifestFile = path.join(folder, MANIFEST_FILE);
  const text = await readFile(manifestFile, 'utf8').catch(() => undefined);
  const manifest = text === undefined ? undefined : manifestSchema.safeParse(parseJson(text)).data;
  if (manifest === undefined) {
    return [
      {
        file: manifestFile,
        ok: false,
        reason:
          text === undefined
            ? 'The models are not built; run "npm run build".'
            : 'The manifest is damaged; run "npm run build".',
      },
    ];
  }
  return Promise.all(
    manifest.files.map(async ({ file, bytes, sha256 }): Promise<ModelReport> => {
      const name = path.join(folder, file);
      const info = await stat(name).catch(() => undefined);
      if (info === undefined) return { file: name, ok: false, reason: 'The file is missing; run "npm run build".' };
      const whole = info.size === bytes && (await sha256OfFile(name)) === sha256;
      return whole
        ? { file: name, ok: true }
        : { file: name, ok: false, reason: 'The file is not the one that was built; run "npm run build -- --force".' };
    }),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function examineTool(name: ToolName): Promise<ToolReport> {
  const { found, problems } = await findTool(name);
  const reason =
    problems.length > 0 ? problems.join(' ') : found ? undefined : `No ${name} was found; video needs one.`;
  return {
    path: found?.path ?? null,
    version: found?.version ?? null,
    source: found?.source ?? null,
    ...(reason === undefined ? {} : { reason }),
  };
}

async function examineFolders(home: Home): Promise<FolderReport[]> {
  const failure = await ensureHome(home).then(
    () => undefined,
    (error: unknown) => toReport(error).message,
  );
  return Promise.all(
    [home.root, ...HOME_FOLDERS.map((name) => home[name])].map(async (folder) => {
      const writable = await access(folder, constants.W_OK).then(
        () => true,
        () => false,
      );
      return writable
        ? { path: folder, writable }
        : { path: folder, writable, reason: failure ?? 'Writing here is not permitted.' };
    }),
  );
}
