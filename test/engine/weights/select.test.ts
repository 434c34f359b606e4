import { describe, expect, it } from 'vitest';
import { memorySource } from '#engine/weights/byte-source.ts';
import type { NetworkManifest } from '#engine/weights/manifests.ts';
import { readTensorFile } from '#engine/weights/open.ts';
import { explainSelection, isComplete, selectNetwork } from '#engine/weights/select.ts';
import { concat, floatTensor, stateDict, torchZip, type Written } from '#test/support/torch-writer.ts';

const manifest: NetworkManifest = {
  title: 'Net',
  tensors: new Map([
    ['conv.weight', { shape: [2, 1], constant: false }],
    ['conv.bias', { shape: [2], constant: false }],
    ['blur.kernel', { shape: [1], constant: true }],
    ['latent_avg', { shape: [3], constant: false }],
  ]),
};
const file = (value: Written) => readTensorFile(memorySource(concat(torchZip(value)), 'a.pt'));
const { tensor: weight } = floatTensor([2, 1], [1, 2]);
const { tensor: bias } = floatTensor([2], [3, 4]);
const latent = floatTensor([3], [5, 6, 7]);
const plain = { 'conv.weight': weight, 'conv.bias': bias };
const prefixed = { 'module.conv.weight': weight, 'module.conv.bias': bias };

describe('selecting a network', () => {
  it('takes the preferred dict, drops prefixes and finds what stands beside it, in the manifest’s order', async () => {
    const opened = await file({
      dict: [
        ['state_dict_ema', stateDict(plain)],
        ['state_dict', stateDict({ 'module.conv.bias': bias, 'module.conv.weight': weight, 'module.more': bias })],
        ['latent_avg', latent],
      ],
    });
    const selection = selectNetwork(opened, manifest, { containers: ['state_dict', 'state_dict_ema'] });
    expect(selection?.container).toBe('state_dict');
    expect(selection && isComplete(selection)).toBe(true);
    expect([...(selection?.tensors.keys() ?? [])]).toEqual(['conv.weight', 'conv.bias', 'latent_avg']);
    expect(selectNetwork(opened, manifest, { containers: ['state_dict_ema'] })?.container).toBe('state_dict_ema');
  });

  it('prefers a whole dict over a preferred one with gaps', async () => {
    const opened = await file({
      dict: [
        ['params', stateDict({ 'conv.bias': bias })],
        ['other', stateDict(plain)],
        ['latent_avg', latent],
      ],
    });
    expect(selectNetwork(opened, manifest, { containers: ['params'] })?.container).toBe('other');
  });

  it('names what is missing, of the wrong shape or type, or there twice', async () => {
    const long = { storage: { kind: 'LongStorage', length: 2, data: () => new Uint8Array(16) }, shape: [2] };
    const wrong = selectNetwork(await file(stateDict({ 'conv.weight': bias, 'conv.bias': long })), manifest);
    expect(wrong?.missing).toEqual(['latent_avg']);
    expect(wrong?.wrong).toEqual(['"conv.weight" is [2] instead of [2, 1]', '"conv.bias" is I64 instead of F32']);
    expect(wrong && explainSelection(wrong)).toBe(
      'missing: "latent_avg"; wrong: "conv.weight" is [2] instead of [2, 1], "conv.bias" is I64 instead of F32',
    );
    const twice = selectNetwork(await file(stateDict({ ...plain, ...prefixed, latent_avg: latent.tensor })), manifest);
    expect(twice && isComplete(twice)).toBe(false);
    expect(twice?.wrong[0]).toMatch(/"conv.weight" is there twice/);
  });

  it('renames and takes parts', async () => {
    const opened = await file(stateDict({ 'features.weight': weight, 'features.bias': bias }));
    const spelling = { renames: [['features.', 'conv.']], part: ['conv.'] } as const;
    const selection = selectNetwork(opened, manifest, spelling);
    expect(selection && isComplete(selection)).toBe(true);
    expect(selection?.share).toBe(1);
  });

  it('finds nothing in a file without tensors', async () => {
    expect(selectNetwork(await file({ dict: [['lr', 1]] }), manifest)).toBeUndefined();
  });
});
