/** The desktop shell's own scheme: pages and videos come from closed lists of files, never from `file://`. */
import { Readable } from 'node:stream';
import type { CustomScheme } from 'electron';
import { answerMedia } from './media-answer.ts';
import type { MediaTable } from './media-table.ts';
import { type PageFiles, textAnswer } from './page-files.ts';

export const STUDIO_ORIGIN = 'e4s://studio';

/** To be registered before the application is ready. */
export const STUDIO_SCHEME: CustomScheme = {
  scheme: 'e4s',
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true, stream: true },
};

/** Answers the requests of `protocol.handle`. */
export async function answerStudioRequest(
  pages: PageFiles,
  media: Pick<MediaTable, 'find'>,
  request: Request,
): Promise<Response> {
  const url = new URL(request.url);
  const refused =
    url.protocol !== 'e4s:' || url.host !== 'studio' || url.username !== '' || url.port !== ''
      ? textAnswer(404, 'There is nothing at this address.')
      : request.method !== 'GET'
        ? textAnswer(405, 'This address can only be read.')
        : undefined;
  const shown = refused ? undefined : media.find(url.pathname);
  if (shown !== undefined) {
    const { status, headers, open } = await answerMedia(shown, request.headers.get('range') ?? undefined);
    const body = open === undefined ? null : (Readable.toWeb(open()) as ReadableStream<Uint8Array>);
    return new Response(body, { status, headers });
  }
  const { status, headers, body } = refused ?? (await pages.answer(url.pathname));
  return new Response(body, { status, headers });
}

/** True for addresses inside the studio. */
export function isStudioAddress(address: string): boolean {
  try {
    const url = new URL(address);
    // Node does not know the origin of a scheme of our own, so its parts are compared.
    return `${url.protocol}//${url.host}` === STUDIO_ORIGIN;
  } catch {
    return false;
  }
}
