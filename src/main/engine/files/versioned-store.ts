/**
 * A small JSON file with a version: read through its migrations, written whole, and never silently thrown away. A file
 * that cannot be understood is kept beside the new one and the user is told.
 */
import { readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { ZodType } from 'zod';
import { codeOf, toStorageError, writeFileAtomic } from './atomic.ts';

/** Turns a document of one version into the next one. */
export type Migration = (document: Record<string, unknown>) => Record<string, unknown>;

export interface StoreOptions<T> {
  readonly file: string;
  /** What a user calls it, in notices: "settings". */
  readonly title: string;
  readonly schema: ZodType<T>;
  readonly version: number;
  /** `migrations[n]` takes version n to n + 1; every version from 1 on has one. */
  readonly migrations: Readonly<Record<number, Migration>>;
  readonly defaults: T;
}

export interface Loaded<T> {
  readonly value: T;
  /** What happened to a file that could not be used, in plain words. */
  readonly notice?: string | undefined;
}

/**
 * Reads the file; defaults where there is none.
 * @throws StorageError when the file exists and the system refuses to read it or to put a broken one aside
 */
export async function loadVersioned<T>(options: StoreOptions<T>): Promise<Loaded<T>> {
  const { file, title, schema, defaults } = options;
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { value: defaults };
    throw toStorageError(error, file);
  }
  const reason = ((): string | { value: T } => {
    const document = parseDocument(text);
    if (!document) return `The ${title} file was damaged`;
    const version = document['version'];
    if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
      return `The ${title} file had no version`;
    if (version > options.version) return `The ${title} file was written by a newer version of the studio`;
    const parsed = schema.safeParse(migrate(document, version, options));
    return parsed.success ? { value: parsed.data } : `The ${title} file had values that make no sense`;
  })();
  if (typeof reason !== 'string') return reason;
  const aside = `${file}.bak`;
  try {
    await rename(file, aside);
  } catch (error) {
    throw toStorageError(error, aside);
  }
  return { value: defaults, notice: `${reason}; it is kept as ${path.basename(aside)} and the defaults are used.` };
}

/**
 * Writes the value.
 * @throws ZodError for a value that the schema refuses, StorageError
 */
export async function saveVersioned<T>(options: StoreOptions<T>, value: T): Promise<T> {
  const checked = options.schema.parse(value);
  await writeFileAtomic(options.file, `${JSON.stringify(checked, undefined, 2)}\n`, { makeFolder: true });
  return checked;
}

function parseDocument(text: string): Record<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(text);
    return typeof document === 'object' && document !== null && !Array.isArray(document)
      ? (document as Record<string, unknown>)
      : undefined;
  } catch {
    // JSON.parse throws for text that is no JSON and for nothing else.
    return undefined;
  }
}

function migrate<T>(
  document: Record<string, unknown>,
  from: number,
  options: StoreOptions<T>,
): Record<string, unknown> {
  let migrated = document;
  for (let version = from; version < options.version; version++) {
    const step = options.migrations[version];
    if (!step) throw new RangeError(`no migration of ${options.title} from version ${version}`);
    migrated = { ...step(migrated), version: version + 1 };
  }
  return migrated;
}
