import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImportEvent, ModelsState, VerifyEvent } from '#shared/contract-models.ts';
import { modelsActions } from '../../../src/renderer/actions/models.ts';
import type { EngineClient, StudioLink } from '../../../src/renderer/link/studio-link.ts';
import { useModels } from '../../../src/renderer/state/models.ts';
import { useUi } from '../../../src/renderer/state/ui.ts';
import { FakeStudio, resetStores } from '../fake-studio.ts';

const empty: ModelsState = { packs: [], features: [], engines: [] };
const full: ModelsState = { ...empty, engines: [{ id: 'rgi', ready: true, reason: null, lacks: [] }] };
const row = (file: string, outcome: 'imported' | 'refused') => ({ file, outcome, pack: null, message: 'Said.' });

/** A studio whose imports go as the test says. */
function open(events: (from: string, signal: AbortSignal | undefined) => AsyncGenerator<ImportEvent>) {
  const studio = new FakeStudio();
  studio.models = empty;
  const failures: string[] = [];
  const asked: { from: string; replace: boolean }[] = [];
  const engine = () => ({
    models: {
      list: () => Promise.resolve(studio.models),
      import: (input: { from: string; replace: boolean }, { signal }: { signal?: AbortSignal }) => {
        asked.push(input);
        return Promise.resolve(events(input.from, signal));
      },
      verify: () =>
        Promise.resolve(
          (async function* (): AsyncGenerator<VerifyEvent> {
            yield { type: 'progress', pack: 'rgi', file: 'rgi.safetensors', fraction: 0.5 };
            yield {
              type: 'done',
              packs: [{ id: 'rgi', state: 'damaged', problems: ['It was changed.'] }],
              state: full,
            };
          })(),
        ),
    },
  });
  const link: StudioLink = { ...studio.link, engine: () => engine() as unknown as EngineClient };
  return { studio, failures, asked, actions: modelsActions(link, ({ message }) => failures.push(message)) };
}

const done = (file: string, outcome: 'imported' | 'refused'): ImportEvent => ({
  type: 'done',
  files: [row(file, outcome)],
  ignored: 1,
  state: full,
});
const progress = (fraction: number): ImportEvent => ({
  type: 'progress',
  file: 'a.pt',
  index: 0,
  count: 2,
  step: 'convert',
  fraction,
});
const weights = (name: string) => new File(['x'], name);

beforeEach(resetStores);
afterEach(resetStores);

describe('importing', () => {
  it('takes files one after the other, joins their reports and gives every handle back', async () => {
    const shown: (number | null | undefined)[] = [];
    const { studio, asked, actions, failures } = open(async function* (from) {
      yield progress(0.5);
      shown.push(useModels.getState().task?.fraction);
      yield done(from, from.includes('bad') ? 'refused' : 'imported');
    });
    await actions.importFiles([weights('good.pt'), weights('bad.pt')], { replace: true });
    expect(asked.map(({ replace }) => replace)).toEqual([true, true]);
    expect(shown).toEqual([0.25, 0.75]);
    const { report, models, task } = useModels.getState();
    expect(report?.files.map(({ outcome }) => outcome)).toEqual(['imported', 'refused']);
    expect(report?.ignored).toBe(2);
    expect(models).toEqual(full);
    expect(task).toBeNull();
    expect(studio.released).toEqual(asked.map(({ from }) => from));
    expect(useUi.getState().messages).toMatchObject([{ intent: 'warning', title: '1 file imported' }]);
    expect(failures).toEqual([]);
  });

  it('stops when it is told to, keeps the page usable and says so', async () => {
    const { studio, actions, failures } = open(async function* (_from, signal) {
      yield progress(0.1);
      await new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(Object.assign(new Error('x'), { name: 'AbortError' })));
      });
    });
    const running = actions.importFolder({ name: 'pretrained', files: [] }, { replace: false });
    await expect.poll(() => useModels.getState().task?.fraction).toBe(0.1);
    // A second one waits for nothing: there is one import at a time.
    await actions.importFiles([weights('other.pt')], { replace: false });
    actions.cancel();
    expect(useModels.getState().task?.stopping).toBe(true);
    await running;
    expect(useModels.getState()).toMatchObject({ task: null, report: null, models: empty });
    expect(studio.released).toEqual(['file_the-folder']);
    expect(useUi.getState().messages).toMatchObject([{ intent: 'info', title: 'The import was stopped' }]);
    expect(failures).toEqual([]);
  });

  it('reports a failure once and keeps nothing', async () => {
    // biome-ignore lint/correctness/useYield: it fails before anything can be told
    const { studio, actions, failures } = open(async function* () {
      throw new Error('The disk is full.');
    });
    await actions.importFiles([weights('a.pt')], { replace: false });
    expect(failures).toEqual(['The disk is full.']);
    expect(useModels.getState()).toMatchObject({ task: null, report: null });
    expect(studio.released).toHaveLength(1);
  });
});

describe('the engine that ran', () => {
  it('is what `auto` stands for: where it is another, the packs are asked for again', async () => {
    const { studio, actions } = open(async function* () {
      yield progress(1);
    });
    await actions.refresh();
    studio.models = full;
    await actions.noticeEngine('classic');
    expect(useModels.getState().models).toEqual(empty);
    await actions.noticeEngine('rgi');
    expect(useModels.getState().models).toEqual(full);
  });
});

describe('checking', () => {
  it('tells what is damaged', async () => {
    const { actions } = open(async function* () {
      yield progress(1);
    });
    await actions.verify();
    expect(useModels.getState()).toMatchObject({ task: null, models: full });
    expect(useUi.getState().messages).toMatchObject([{ intent: 'warning', body: 'It was changed.' }]);
  });
});
