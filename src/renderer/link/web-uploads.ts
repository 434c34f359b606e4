/** Files that a page in a browser sends to the web shell, streamed by the browser, with progress and an end on demand. */
import { WEB_PATHS } from '#shared/bridge.ts';
import { errorReportSchema, type FileHandle, type GrantedFile, grantedFileSchema } from '#shared/contract.ts';
import { text } from '../text.ts';
import { LinkError } from './report.ts';
import type { GrantOptions, PickedFolder, ShellClient, StudioLink } from './studio-link.ts';

export type WebUploads = Pick<StudioLink, 'grant' | 'grantFolder' | 'release'>;

/** Large uploads are deleted when this page is left: what it made is kept here. */
export function webUploads(shell: () => ShellClient, page: Window = window): WebUploads {
  const large = new Set<FileHandle>();

  function release(file: FileHandle): void {
    large.delete(file);
    shell()
      .files.release({ file })
      .catch(() => undefined);
  }

  page.addEventListener('pagehide', ({ persisted }) => {
    if (persisted) return;
    for (const file of large) {
      void fetch(addressOf({ file }), { method: 'DELETE', keepalive: true }).catch(() => undefined);
    }
  });

  return {
    release,

    async grant(file, { kind = 'picture', signal, onProgress } = {}) {
      const granted = grantedFileSchema.parse(await post(file, { name: file.name, kind }, signal, onProgress));
      if (kind !== 'picture') large.add(granted.file);
      return granted;
    },

    async grantFolder({ name, files }: PickedFolder, { signal, onProgress }: GrantOptions = {}): Promise<GrantedFile> {
      const folder = await shell().files.newFolder({ name });
      if (!folder) throw new LinkError({ kind: 'input', message: text.errors.noFolder, file: name });
      large.add(folder.file);
      const total = files.reduce((sum, { file }) => sum + file.size, 0) || 1;
      let before = 0;
      try {
        for (const { name: relative, file } of files) {
          await post(file, { folder: folder.file, name: relative }, signal, (fraction) =>
            onProgress?.((before + fraction * file.size) / total),
          );
          before += file.size;
        }
        return folder;
      } catch (error) {
        release(folder.file);
        throw error;
      }
    },
  };
}

const addressOf = (query: Readonly<Record<string, string>>): string =>
  `${WEB_PATHS.upload}?${new URLSearchParams(query)}`;

/** `fetch` does not tell how far it is with sending, so this is the older way. */
function post(
  file: File,
  query: Readonly<Record<string, string>>,
  signal?: AbortSignal,
  onProgress?: (fraction: number) => void,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (report: ConstructorParameters<typeof LinkError>[0]) => reject(new LinkError(report));
    const cancelled = () => fail({ kind: 'cancelled', message: text.errors.cancelled });
    if (signal?.aborted) return cancelled();
    const call = new XMLHttpRequest();
    const stop = () => call.abort();
    call.open('POST', addressOf(query));
    call.responseType = 'json';
    call.upload.addEventListener('progress', ({ loaded, total }) => onProgress?.(total > 0 ? loaded / total : 1));
    call.addEventListener('loadend', () => signal?.removeEventListener('abort', stop));
    call.addEventListener('abort', cancelled);
    call.addEventListener('error', () => fail({ kind: 'input', message: text.errors.uploadBroke, file: file.name }));
    call.addEventListener('load', () => {
      if (call.status === 200) return resolve(call.response);
      const refused = errorReportSchema.safeParse(call.response);
      fail(
        refused.success ? refused.data : { kind: 'input', message: text.errors.upload(call.status), file: file.name },
      );
    });
    signal?.addEventListener('abort', stop);
    call.send(file);
  });
}
