/** Where the studio's own files lie: the same rules in a checkout, in an installed copy and in a packed application. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const APP_NAME = 'e4s-studio';

export interface AppRoot {
  /** The folder (or the archive) that holds package.json. */
  readonly root: string;
  readonly version: string;
  /** `models/`: the converted classic models and the samples. Outside the archive in a packed application. */
  readonly models: string;
  /** The built window. */
  readonly renderer: string;
  /** The built engine process. */
  readonly engineEntry: string;
  readonly preload: string;
}

/**
 * Finds the studio's files by walking up from a module of it.
 * @param from address of a module inside the studio, `import.meta.url` of the caller
 */
export function findAppRoot(from: string = import.meta.url): AppRoot {
  let folder = path.dirname(fileURLToPath(from));
  for (;;) {
    const manifest = path.join(folder, 'package.json');
    if (existsSync(manifest)) {
      const { name, version } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: unknown; version?: unknown };
      if (name === APP_NAME) {
        const inside = path.join(folder, 'models');
        return {
          root: folder,
          version: String(version),
          models: existsSync(inside) ? inside : path.join(path.dirname(folder), 'models'),
          renderer: path.join(folder, 'dist', 'renderer'),
          engineEntry: path.join(folder, 'dist', 'main', 'engine.js'),
          preload: path.join(folder, 'dist', 'preload', 'index.cjs'),
        };
      }
    }
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`No package.json of ${APP_NAME} above ${fileURLToPath(from)}.`);
    folder = parent;
  }
}
