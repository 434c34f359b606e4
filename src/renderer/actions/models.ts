/** Packs of weights: importing, checking and removing them. One thing at a time; the work goes on while its page is closed. */
import type { GrantedFile } from '#shared/contract.ts';
import type { ErrorReport } from '#shared/errors.ts';
import type { EngineId } from '#shared/settings.ts';
import { reportOf } from '../link/report.ts';
import type { GrantOptions, PickedFolder, StudioLink } from '../link/studio-link.ts';
import { automaticEngine } from '../model/presets.ts';
import { currentDocument } from '../state/edit.ts';
import { type ImportReport, useModels } from '../state/models.ts';
import { say } from '../state/ui.ts';
import { text } from '../text.ts';

export type ModelsActions = ReturnType<typeof modelsActions>;

/** What is imported: a name for the screen, and how its handle is had. */
interface Import {
  readonly name: string;
  readonly grant: (options: Pick<GrantOptions, 'signal' | 'onProgress'>) => Promise<GrantedFile>;
}

export interface ImportOptions {
  /** Takes the place of what came from another file. */
  readonly replace: boolean;
}

/** Sending and converting take about as long as each other. */
const SENDING_SHARE = 0.4;

const NOTHING: ImportReport = { files: [], ignored: 0 };
const TROUBLE = new Set(['refused', 'incomplete', 'unknown']);

export function modelsActions(link: StudioLink, fail: (report: ErrorReport) => void) {
  let present: AbortController | null = null;

  const tell = (label: string, fraction: number | null) =>
    useModels.setState(({ task }) => (task === null ? {} : { task: { ...task, label, fraction } }));

  async function refresh(): Promise<void> {
    try {
      useModels.setState({ models: await link.engine().models.list(), problem: null });
    } catch (error) {
      const report = reportOf(error);
      if (report.kind !== 'engine-lost') useModels.setState({ problem: report.message });
    }
  }

  /** Runs one task; what it was asked to stop for is told by `stopped`. */
  async function run(
    kind: 'import' | 'verify',
    work: (signal: AbortSignal) => Promise<void>,
    stopped: () => void,
  ): Promise<void> {
    if (present) return;
    const controller = new AbortController();
    present = controller;
    useModels.setState({ task: { kind, label: text.models.starting, fraction: null, stopping: false } });
    try {
      await work(controller.signal);
    } catch (error) {
      const report = reportOf(error, controller.signal);
      if (report.kind === 'cancelled') stopped();
      else fail(report);
      await refresh();
    } finally {
      present = null;
      useModels.setState({ task: null });
    }
  }

  /** @param share of the whole task: where this import begins and how much of it it is */
  async function importOne(
    { name, grant }: Import,
    share: { readonly from: number; readonly of: number },
    { replace }: ImportOptions,
    signal: AbortSignal,
  ): Promise<ImportReport> {
    const at = (within: number) => share.from + within * share.of;
    let sent = 0;
    const { file } = await grant({
      signal,
      onProgress: (fraction) => {
        sent = SENDING_SHARE;
        tell(text.models.sending(name), at(fraction * SENDING_SHARE));
      },
    });
    try {
      let report = NOTHING;
      for await (const event of await link.engine().models.import({ from: file, replace }, { signal })) {
        if (event.type === 'done') {
          report = { files: event.files, ignored: event.ignored };
          useModels.setState({ models: event.state });
        } else {
          const label = text.models.steps[event.step](event.file);
          tell(text.models.ofFiles(label, event.index + 1, event.count), at(sent + event.fraction * (1 - sent)));
        }
      }
      return report;
    } finally {
      link.release(file);
    }
  }

  function importAll(imports: readonly Import[], options: ImportOptions): Promise<void> {
    if (imports.length === 0) return Promise.resolve();
    useModels.setState({ report: null });
    return run(
      'import',
      async (signal) => {
        let all = NOTHING;
        for (const [index, one] of imports.entries()) {
          const share = { from: index / imports.length, of: 1 / imports.length };
          const report = await importOne(one, share, options, signal);
          all = { files: [...all.files, ...report.files], ignored: all.ignored + report.ignored };
        }
        useModels.setState({ report: all });
        announce(all);
      },
      () => say({ intent: 'info', title: text.models.report.cancelled, body: text.models.report.cancelledBody }),
    );
  }

  const granted = (file: GrantedFile): Import => ({ name: file.name, grant: () => Promise.resolve(file) });

  return {
    refresh,

    /** After a run: packs may have changed behind this window, and with them what `auto` means. */
    async noticeEngine(ran: EngineId): Promise<void> {
      const { models } = useModels.getState();
      const { engine } = currentDocument().settings;
      if (engine === 'auto' && automaticEngine(models) !== ran) await refresh();
    },

    /** Files from an input or a drop. */
    importFiles: (files: readonly File[], options: ImportOptions): Promise<void> =>
      importAll(
        files.map(
          (file): Import => ({
            name: file.name,
            grant: (grantOptions) => link.grant(file, { ...grantOptions, kind: 'weights' }),
          }),
        ),
        options,
      ),

    /** A folder from an input or a drop. */
    importFolder: (folder: PickedFolder, options: ImportOptions): Promise<void> =>
      importAll([{ name: folder.name, grant: (grantOptions) => link.grantFolder(folder, grantOptions) }], options),

    /** The system's dialog (desktop). */
    async importFromDialog(kind: 'folder' | 'weights', options: ImportOptions): Promise<void> {
      try {
        const chosen = await link.shell().files.openDialog({ kind, multiple: kind === 'weights' });
        await importAll((chosen ?? []).map(granted), options);
      } catch (error) {
        fail(reportOf(error));
      }
    },

    verify: (): Promise<void> =>
      run(
        'verify',
        async (signal) => {
          for await (const event of await link.engine().models.verify(undefined, { signal })) {
            if (event.type === 'progress') tell(text.models.checking(event.pack), event.fraction);
            else {
              useModels.setState({ models: event.state });
              const damaged = event.packs.filter(({ state }) => state === 'damaged');
              if (damaged.length > 0) {
                const body = damaged.flatMap(({ problems }) => problems).join(' ');
                say({ intent: 'warning', title: text.models.damaged(damaged.length), body });
              } else if (event.packs.length === 0) say({ intent: 'info', title: text.models.verifiedNone });
              else say({ intent: 'success', title: text.models.verified });
            }
          }
        },
        () => undefined,
      ),

    /** Ends what is being done. */
    cancel(): void {
      if (!present) return;
      present.abort();
      useModels.setState(({ task }) => (task === null ? {} : { task: { ...task, stopping: true } }));
    },

    async remove(pack: string, title: string): Promise<void> {
      try {
        useModels.setState({ models: await link.engine().models.remove({ pack }) });
        say({ intent: 'success', title: text.models.removed(title) });
      } catch (error) {
        fail(reportOf(error));
      }
    },
  };
}

function announce({ files }: ImportReport): void {
  const imported = files.filter(({ outcome }) => outcome === 'imported').length;
  const trouble = files.filter(({ outcome }) => TROUBLE.has(outcome)).length;
  say({
    intent: trouble > 0 || files.length === 0 ? 'warning' : 'success',
    title: files.length === 0 ? text.models.report.none : text.models.report.imported(imported),
    body: trouble > 0 ? text.models.report.trouble(trouble) : undefined,
  });
}
