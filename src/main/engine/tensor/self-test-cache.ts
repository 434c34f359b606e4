/**
 * Remembers self-test results in a file, so that a provider is tested once per graph, runtime and driver. The file may
 * be deleted at any time; one that cannot be read counts as empty.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { env } from 'onnxruntime-node';
import { writeFileAtomic } from '#engine/files/atomic.ts';
import './no-telemetry.ts';
import type { ProviderId } from './providers.ts';
import type { SelfTestOutcome } from './self-test.ts';

const VERSION = 1;

interface Stored {
  readonly version: number;
  readonly results: Readonly<Record<string, SelfTestOutcome>>;
}

export class SelfTestCache {
  readonly #file: string;
  #results: Record<string, SelfTestOutcome> | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  /** @param graph digest of the model, for example from `modelDigest` */
  async get(provider: ProviderId, graph: string): Promise<SelfTestOutcome | undefined> {
    return (await this.#load())[cacheKey(provider, graph)];
  }

  /** @throws StorageError when the file cannot be written */
  async set(provider: ProviderId, graph: string, outcome: SelfTestOutcome): Promise<void> {
    const results = await this.#load();
    results[cacheKey(provider, graph)] = outcome;
    await writeFileAtomic(this.#file, `${JSON.stringify({ version: VERSION, results } satisfies Stored, null, 1)}\n`, {
      makeFolder: true,
    });
  }

  async #load(): Promise<Record<string, SelfTestOutcome>> {
    this.#results ??= parse(await readFile(this.#file, 'utf8').catch(() => ''));
    return this.#results;
  }
}

function parse(text: string): Record<string, SelfTestOutcome> {
  try {
    const stored: unknown = JSON.parse(text);
    const known = stored as Partial<Stored> | null;
    if (known?.version !== VERSION || typeof known.results !== 'object') return {};
    return Object.fromEntries(
      Object.entries(known.results).filter(([, { status }]) => status === 'passed' || status === 'failed'),
    );
  } catch {
    return {};
  }
}

/** Names a graph by its bytes: weights that lie beside the model do not change what a provider computes wrong. */
export function modelDigest(model: Uint8Array): string {
  return createHash('sha256').update(model).digest('hex');
}

function cacheKey(provider: ProviderId, graph: string): string {
  return [provider, env.versions.node ?? env.versions.common, driverIdentity(), graph].join(' | ');
}

/**
 * What changes when a graphics driver changes: the system's release (on macOS and Windows drivers come with it), the
 * NVIDIA driver where there is one, and a driver chosen by the environment.
 */
function driverIdentity(): string {
  const parts = [process.platform, process.arch, os.release()];
  try {
    parts.push(readFileSync('/proc/driver/nvidia/version', 'utf8').split('\n')[0] ?? '');
  } catch {
    // No NVIDIA driver: nothing to tell apart.
    parts.push('');
  }
  return [...parts, process.env['VK_DRIVER_FILES'] ?? ''].join(' ');
}
