/** The execution providers of ONNX Runtime that the studio knows: one row each. */
import { type InferenceSession, listSupportedBackends } from 'onnxruntime-node';
import type { DeviceId } from '#shared/settings.ts';
import './no-telemetry.ts';

export type ProviderId = Exclude<DeviceId, 'auto'>;

export interface Provider {
  readonly id: ProviderId;
  readonly displayName: string;
  /** Where the prebuilt runtime ships it; `cpu` is everywhere. */
  readonly platforms: readonly NodeJS.Platform[];
  readonly config: InferenceSession.ExecutionProviderConfig;
  /** It has arithmetic of its own for float16; whether this machine's device does it right is `computesInHalf`'s to say. */
  readonly half: boolean;
  /** What a reader of `doctor` should know. */
  readonly note: string;
}

export const PROVIDERS = {
  cpu: {
    id: 'cpu',
    displayName: 'CPU',
    platforms: ['linux', 'darwin', 'win32'],
    config: { name: 'cpu' },
    half: false,
    note: 'Always there, and the reference that every other provider is compared with.',
  },
  webgpu: {
    id: 'webgpu',
    displayName: 'GPU (WebGPU)',
    platforms: ['linux', 'darwin', 'win32'],
    config: { name: 'webgpu' },
    half: true,
    note: 'Vulkan, Metal or Direct3D 12 through Dawn; needs no further installation.',
  },
  cuda: {
    id: 'cuda',
    displayName: 'NVIDIA GPU (CUDA)',
    platforms: ['linux'],
    config: { name: 'cuda' },
    half: true,
    note: 'Needs the CUDA and cuDNN libraries and the provider library of onnxruntime-node.',
  },
  dml: {
    id: 'dml',
    displayName: 'GPU (DirectML)',
    platforms: ['win32'],
    config: { name: 'dml' },
    half: true,
    note: 'Any Direct3D 12 GPU under Windows.',
  },
  coreml: {
    id: 'coreml',
    displayName: 'Apple GPU and Neural Engine (Core ML)',
    platforms: ['darwin'],
    config: { name: 'coreml' },
    half: false,
    note: 'Parts that Core ML cannot run stay on the CPU.',
  },
} as const satisfies { [K in ProviderId]: Provider & { id: K } };

export const PROVIDER_IDS = Object.keys(PROVIDERS) as readonly ProviderId[];

/** Whether this installation of the runtime carries a provider at all; opening a session is the proof. */
export function availability(id: ProviderId): { readonly available: boolean; readonly reason?: string } {
  const { platforms, displayName } = PROVIDERS[id];
  if (!(platforms as readonly string[]).includes(process.platform))
    return { available: false, reason: `${displayName} is not part of the runtime for ${process.platform}.` };
  const known = listSupportedBackends().some((backend) => backend.name === id);
  return known ? { available: true } : { available: false, reason: `The installed runtime has no ${displayName}.` };
}
