/** `WEB_PATHS.upload`: what a page sends and takes back over HTTP, streamed. Who may do so is the gate's question. */
import type { IncomingMessage } from 'node:http';
import { InputError, StorageError, toReport, UsageError } from '#engine/errors.ts';
import { type FileKind, fileHandleSchema } from '#shared/contract.ts';
import { type PageAnswer, textAnswer } from './page-files.ts';
import { TooLargeError } from './receive-file.ts';
import type { WebFiles } from './web-files.ts';

const KINDS = ['picture', 'video', 'weights'] as const satisfies readonly FileKind[];
const NAME_LIMIT = 4096;

/** Answers a request to the upload address; never rejects. */
export async function answerUpload(files: WebFiles, request: IncomingMessage, url: URL): Promise<PageAnswer> {
  try {
    if (request.method === 'POST') return jsonAnswer(200, await receive(files, request, url));
    if (request.method === 'DELETE') {
      return jsonAnswer(200, { released: await files.uploads.remove(handleIn(url, 'file')) });
    }
    return textAnswer(405, 'Send files by POST.', { Allow: 'POST, DELETE' });
  } catch (error) {
    // A page hears the answer only after it has sent everything, so the rest is taken and thrown away.
    request.resume();
    const status = STATUSES.find(([kind]) => error instanceof kind)?.[1] ?? 500;
    return jsonAnswer(status, toReport(error));
  }
}

const STATUSES = [
  [TooLargeError, 413],
  [InputError, 400],
  [UsageError, 400],
  [StorageError, 507],
] as const;

async function receive(files: WebFiles, request: IncomingMessage, url: URL): Promise<unknown> {
  const name = url.searchParams.get('name') ?? '';
  if (name.length > NAME_LIMIT) throw new UsageError('The name is too long.');
  const length = request.headers['content-length'];
  const incoming = { bytes: request, declaredBytes: length === undefined ? undefined : Number(length) };
  if (url.searchParams.has('folder')) {
    await files.uploads.receiveInto(handleIn(url, 'folder'), name, incoming);
    return { received: true };
  }
  const kind = KINDS.find((known) => known === (url.searchParams.get('kind') ?? 'picture'));
  if (kind === undefined) throw new UsageError('There are no uploads of this kind.');
  return files.upload(name, kind, incoming);
}

function handleIn(url: URL, field: string) {
  const parsed = fileHandleSchema.safeParse(url.searchParams.get(field));
  if (!parsed.success) throw new UsageError('This is no handle.');
  return parsed.data;
}

const jsonAnswer = (status: number, value: unknown): PageAnswer =>
  textAnswer(status, JSON.stringify(value), { 'Content-Type': 'application/json; charset=utf-8' });
