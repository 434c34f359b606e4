// What the build makes: one row for every bundle, with the files it depends on. Vite is loaded only when a row is stale.
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Packages that stay outside the bundles: native code, separate programs, and Electron itself. */
export const EXTERNAL_PACKAGES = [
  'electron',
  'onnxruntime-node',
  'sharp',
  'fluent-ffmpeg',
  'ffmpeg-static',
  '@ffmpeg-installer/ffmpeg',
  '@ffprobe-installer/ffprobe',
];

/** Marks where a shell writes the nonce of each answer into the page. */
export const NONCE_MARK = '__E4S_NONCE__';

const EVERYWHERE = ['package.json', 'package-lock.json', 'tsconfig.base.json', 'scripts/lib', 'scripts/build.mjs'];

const external = (id) => EXTERNAL_PACKAGES.some((name) => id === name || id.startsWith(`${name}/`));

/** Vite's settings for code that runs in Node or in Electron's own processes. */
function nodeBundle(outDir, input, output) {
  return {
    configFile: false,
    root,
    logLevel: 'warn',
    publicDir: false,
    ssr: { noExternal: true, external: EXTERNAL_PACKAGES, target: 'node' },
    build: {
      ssr: true,
      target: 'node20',
      outDir,
      emptyOutDir: true,
      minify: false,
      sourcemap: true,
      reportCompressedSize: false,
      rolldownOptions: { input, external, output },
    },
  };
}

const entry = (file) => path.join(root, file);

/** @type {Record<string, { out: string, inputs: string[], make: (vite: typeof import('vite'), outDir: string) => Promise<void> }>} */
export const BUNDLES = {
  main: {
    out: 'dist/main',
    inputs: [...EVERYWHERE, 'src/main', 'src/shared', 'bench', 'models/networks'],
    make: (vite, outDir) =>
      vite.build(
        nodeBundle(
          outDir,
          {
            desktop: entry('src/main/shells/desktop.ts'),
            web: entry('src/main/shells/web-main.ts'),
            engine: entry('src/main/engine/host/engine-main.ts'),
            'frame-worker': entry('src/main/engine/pipeline/frame-workers/frame-worker.ts'),
            cli: entry('src/main/cli/main.ts'),
          },
          {
            format: 'es',
            entryFileNames: '[name].js',
            chunkFileNames: 'chunks/[name]-[hash].js',
          },
        ),
      ),
  },
  preload: {
    out: 'dist/preload',
    inputs: [...EVERYWHERE, 'src/preload', 'src/shared'],
    // A sandboxed preload script cannot load further files and must be CommonJS.
    make: (vite, outDir) =>
      vite.build(
        nodeBundle(
          outDir,
          { index: entry('src/preload/index.ts') },
          {
            format: 'cjs',
            entryFileNames: '[name].cjs',
            codeSplitting: false,
          },
        ),
      ),
  },
  renderer: {
    out: 'dist/renderer',
    inputs: [...EVERYWHERE, 'src/renderer', 'src/shared'],
    make: async (vite, outDir) => {
      const { default: react } = await import('@vitejs/plugin-react');
      await vite.build({
        configFile: false,
        root: path.join(root, 'src/renderer'),
        base: '/',
        logLevel: 'warn',
        plugins: [react()],
        html: { cspNonce: NONCE_MARK },
        build: {
          outDir,
          emptyOutDir: true,
          target: ['chrome120', 'firefox121', 'safari17'],
          // Every asset is a file: the content security policy allows no data: addresses for scripts and fonts.
          assetsInlineLimit: 0,
          modulePreload: { polyfill: false },
          reportCompressedSize: false,
          chunkSizeWarningLimit: 4096,
        },
      });
    },
  },
  models: {
    out: 'models/classic',
    inputs: [
      'package-lock.json',
      'src/main/engine/face/models',
      'src/main/engine/tensor/onnx',
      'src/main/engine/files',
    ],
    make: async (vite, outDir) => {
      const { module } = await vite.runnerImport(entry('src/main/engine/face/models/build-classic-models.ts'), {
        configFile: false,
        root,
        logLevel: 'warn',
        // Without a target the sources' `await using` would reach Node as it is.
        oxc: { target: 'node20' },
      });
      await module.buildClassicModels(outDir);
    },
  },
};
