/** Chooses the provider that runs a model, and says why the others were passed over. */
import { MissingPackError } from '#engine/errors.ts';
import type { DeviceId } from '#shared/settings.ts';
import { availability, PROVIDERS, type ProviderId } from './providers.ts';
import { type GoldenCase, reasonOf, selfTest } from './self-test.ts';
import { modelDigest, type SelfTestCache } from './self-test-cache.ts';
import { openSession, type SessionOptions, type TensorSession } from './sessions.ts';

export interface Fallback {
  readonly provider: ProviderId;
  /** Why it does not run this model. */
  readonly reason: string;
}

export interface OpenedModel {
  readonly session: TensorSession;
  readonly provider: ProviderId;
  /** Providers that were tried before, for the user to see. */
  readonly fallbacks: readonly Fallback[];
}

export interface DeviceOptions extends Omit<SessionOptions, 'device'> {
  readonly device: DeviceId;
  /**
   * Known numbers of this model; asked for only when a provider other than the CPU has not been tested yet.
   * Tests run with the model's own weights, so a golden case from the CPU (`goldenFromCpu`) is enough.
   */
  readonly golden: () => Promise<GoldenCase>;
  readonly cache?: SelfTestCache | undefined;
}

/** The order in which `auto` tries providers on a system; the CPU ends every list. */
export function candidates(device: DeviceId, platform: NodeJS.Platform = process.platform): readonly ProviderId[] {
  if (device !== 'auto') return [device];
  const order: readonly ProviderId[] = ['cuda', 'webgpu', 'dml', 'coreml'];
  return [...order.filter((id) => (PROVIDERS[id].platforms as readonly string[]).includes(platform)), 'cpu'];
}

/**
 * Opens a model on the asked device after its self-test; `auto` falls back, in the end to the CPU.
 * @throws MissingPackError when a device that was asked for by name is not there or gives wrong results
 * @throws InputError when the model itself cannot be opened
 */
export async function openOnDevice(model: Uint8Array, options: DeviceOptions): Promise<OpenedModel> {
  const fallbacks: Fallback[] = [];
  for (const provider of candidates(options.device)) {
    const attempt = await tryProvider(model, provider, options);
    if (!('reason' in attempt)) return { session: attempt, provider, fallbacks };
    if (options.device !== 'auto')
      throw new MissingPackError(`${PROVIDERS[provider].displayName} cannot run ${options.name}: ${attempt.reason}`, {
        action: 'Choose the device "auto" or "cpu".',
      });
    fallbacks.push({ provider, reason: attempt.reason });
  }
  throw new MissingPackError(`No device can run ${options.name}.`);
}

async function tryProvider(
  model: Uint8Array,
  provider: ProviderId,
  options: DeviceOptions,
): Promise<TensorSession | { readonly reason: string }> {
  const { golden, cache, ...session } = options;
  const open = (): Promise<TensorSession> => openSession(model, { ...session, device: provider });
  // The reference needs no test, and an error of the CPU is an error of the model.
  if (provider === 'cpu') return open();
  const { available, reason } = availability(provider);
  if (!available) return { reason: reason ?? 'it is not available' };
  const digest = modelDigest(model);
  const known = await cache?.get(provider, digest);
  if (known?.status === 'failed') return { reason: known.reason };
  let opened: TensorSession;
  try {
    opened = await open();
  } catch (error) {
    return { reason: reasonOf(error) };
  }
  if (known?.status === 'passed') return opened;
  const outcome = await selfTest(opened, await golden());
  await cache?.set(provider, digest, outcome);
  if (outcome.status === 'passed') return opened;
  await opened[Symbol.asyncDispose]();
  return { reason: outcome.reason };
}
