/** The ways files come in: dialog, input, drop, paste, recent list, samples. */
import type { ErrorReport } from '#shared/errors.ts';
import type { StudioLink } from '../link/studio-link.ts';
import { currentDocument } from '../state/edit.ts';
import type { Well } from '../state/photos.ts';
import { say } from '../state/ui.ts';
import { text } from '../text.ts';
import { createGuard } from './guard.ts';
import type { Arrival, PhotoActions } from './photos.ts';

export interface RecentFile {
  readonly id: string;
  readonly name: string;
  readonly opened: string;
  readonly exists: boolean;
}

export interface SampleFace {
  readonly id: string;
  readonly title: string;
}

/** The samples whose swap shows at a glance what the studio does. */
const FIRST_PAIR = { source: 'freja', target: 'ines' } as const;

export type FileActions = ReturnType<typeof fileActions>;

/** The well that an arrival without an address goes to: the first empty one, else another source. */
export function nextWell(): Well {
  const { sources, target } = currentDocument();
  return sources.length > 0 && target === null ? 'target' : 'source';
}

export function fileActions(link: StudioLink, photos: PhotoActions, fail: (report: ErrorReport) => void) {
  const fromFile = (file: File): Arrival => ({ name: file.name, grant: () => link.grant(file) });

  const guarded = createGuard(fail);

  async function openSample(id: string, well: Well): Promise<void> {
    await guarded(async () => {
      const sample = (await link.engine().samples.list()).find((row) => row.id === id);
      if (!sample) return;
      const granted = { file: sample.file, name: sample.title };
      await photos.open([{ name: sample.title, grant: () => Promise.resolve(granted) }], well);
    }, undefined);
  }

  return {
    /** Files from an input, a drop or a paste. */
    async openFiles(files: readonly File[], well: Well | null): Promise<void> {
      for (const file of files) {
        // Two photos dropped together on an empty studio are a source and a target.
        const to = well ?? nextWell();
        await photos.open([fromFile(file)], to);
        if (well === 'target' && files.length > 1) {
          say({ intent: 'info', title: text.wells.targetTakesOne, body: text.wells.targetTakesOneBody(file.name) });
          break;
        }
      }
    },

    /** The system's dialog; false where there is none and the page has to use its own file input. */
    openDialog: (well: Well): Promise<boolean> =>
      guarded(async () => {
        const granted = await link.shell().files.openDialog({ kind: 'picture', multiple: well === 'source' });
        if (granted === null) return false;
        await photos.open(
          granted.map((file): Arrival => ({ name: file.name, grant: () => Promise.resolve(file) })),
          well,
        );
        return true;
      }, true),

    recent: (): Promise<readonly RecentFile[]> => guarded<readonly RecentFile[]>(() => link.shell().recent.list(), []),
    openRecent: ({ id, name }: RecentFile, well: Well): Promise<unknown> =>
      photos.open([{ name, grant: () => link.shell().recent.open({ id }) }], well),
    clearRecent: (): Promise<unknown> => guarded<unknown>(() => link.shell().recent.clear(), null),

    samples: (): Promise<readonly SampleFace[]> =>
      guarded<readonly SampleFace[]>(() => link.engine().samples.list(), []),
    openSample,

    /** Two sample faces, one into each well: the shortest way to a first result. */
    async trySamples(): Promise<void> {
      const samples = await guarded<readonly SampleFace[]>(() => link.engine().samples.list(), []);
      const named = (id: string) => samples.find((sample) => sample.id === id);
      const source = named(FIRST_PAIR.source) ?? samples[0];
      const target = named(FIRST_PAIR.target) ?? samples[1];
      if (source) await openSample(source.id, 'source');
      if (target) await openSample(target.id, 'target');
    },
  };
}
