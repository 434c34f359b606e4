/** The built window as a closed list of files: a request is looked up in it and never becomes a path. */
import { randomBytes } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { contentPolicy, contentTypeOf, NONCE_MARK, SECURITY_HEADERS } from './page-policy.ts';

export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface PageFiles {
  /**
   * @param pathname decoded path of the address; `/` is the page itself
   * @param sockets see `contentPolicy`
   */
  answer(pathname: string, sockets?: readonly string[]): Promise<PageAnswer>;
}

/** @param folder the built window, `dist/renderer` */
export function openPageFiles(folder: string): PageFiles {
  const files = new Map(filesBelow(folder).map((name) => [`/${name}`, path.join(folder, name)]));

  return {
    async answer(pathname, sockets) {
      const name = pathname === '/' ? '/index.html' : pathname;
      const file = files.get(name);
      if (file === undefined) return textAnswer(404, 'There is nothing at this address.');
      const bytes = new Uint8Array(await readFile(file));
      if (name.endsWith('.html')) return page(bytes, sockets);
      return {
        status: 200,
        headers: {
          ...SECURITY_HEADERS,
          'Content-Type': contentTypeOf(path.extname(name)),
          // The names of built assets carry the hash of their content.
          'Cache-Control': name.startsWith('/assets/') ? 'private, max-age=31536000, immutable' : 'no-cache',
        },
        body: bytes,
      };
    },
  };
}

function page(bytes: Uint8Array, sockets: readonly string[] | undefined): PageAnswer {
  const nonce = randomBytes(18).toString('base64');
  return {
    status: 200,
    headers: {
      ...SECURITY_HEADERS,
      'Content-Type': contentTypeOf('.html'),
      'Content-Security-Policy': contentPolicy(nonce, sockets),
      'Cache-Control': 'no-store',
    },
    body: new TextEncoder().encode(new TextDecoder().decode(bytes).replaceAll(NONCE_MARK, nonce)),
  };
}

/** A plain-text answer, for everything that is not a page. */
export function textAnswer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): PageAnswer {
  return {
    status,
    headers: {
      ...SECURITY_HEADERS,
      'Content-Type': contentTypeOf('.txt'),
      'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
      'Cache-Control': 'no-store',
      ...headers,
    },
    body: new TextEncoder().encode(`${text}\n`),
  };
}

/** Paths relative to the folder, with slashes. Plain calls only: inside an archive of Electron the newer ones differ. */
function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(path.join(folder, prefix)).flatMap((name) => {
    const relative = prefix === '' ? name : `${prefix}/${name}`;
    return statSync(path.join(folder, relative)).isDirectory() ? filesBelow(folder, relative) : [relative];
  });
}
