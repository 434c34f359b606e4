/** What all stages of the rgi engine run on: the networks of the imported packs, and which of its parts they allow. */
import path from 'node:path';
import { MissingPackError } from '#engine/errors.ts';
import { findHome, type Home } from '#engine/files/home.ts';
import { listPacks } from '#engine/weights/packs.ts';
import type { DeviceId } from '#shared/settings.ts';
import { RgiNetworks } from './networks.ts';
import { type RgiFeatures, type RgiReadiness, rgiReadiness } from './readiness.ts';

/** Dispose it with what it was opened for: its sessions hold gigabytes. */
export interface RgiContext extends AsyncDisposable {
  readonly networks: RgiNetworks;
  readonly features: RgiFeatures;
}

export interface RgiContextOptions {
  readonly home?: Pick<Home, 'packs' | 'cache'> | undefined;
  /** Default `auto`. */
  readonly device?: DeviceId | undefined;
  readonly threads?: number | undefined;
  /** What open sessions may hold together, bytes. */
  readonly budget?: number | undefined;
  /** A file of tuned weights (`saveTuning`), which take the place of the pack's. */
  readonly tuned?: string | undefined;
}

/** The failure of a request that needs more packs than there are. */
export const rgiUnavailable = ({ reason }: RgiReadiness): MissingPackError =>
  new MissingPackError(reason ?? 'The rgi engine cannot run.', {
    action: 'Import them with "e4s models import", or choose the classic engine.',
  });

/** @param packs the folder of packs @throws MissingPackError naming the packs that the engine cannot do without */
export async function requireRgi(packs: string): Promise<RgiReadiness> {
  const readiness = rgiReadiness(await listPacks(packs));
  if (!readiness.ready) throw rgiUnavailable(readiness);
  return readiness;
}

/** Opens no network yet. @throws MissingPackError */
export async function openRgi(options: RgiContextOptions = {}): Promise<RgiContext> {
  const home = options.home ?? findHome();
  const readiness = await requireRgi(home.packs);
  const { device = 'auto', threads, budget, tuned } = options;
  const selfTests = path.join(home.cache, SELF_TESTS_FILE);
  const networks = new RgiNetworks({ packs: home.packs, device, threads, budget, selfTests, tuned });
  return {
    networks,
    features: readiness.features,
    [Symbol.asyncDispose]: () => networks[Symbol.asyncDispose](),
  };
}

const SELF_TESTS_FILE = 'self-tests.json';
