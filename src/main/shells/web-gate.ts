/**
 * Who may talk to the web shell: a browser on this machine that was given the printed address. Other programs' pages
 * in the same browser are kept out by the checks of Host (DNS rebinding), Origin (cross-site requests) and the cookie.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface WebGate {
  /** Path and query of the address that opens the studio. */
  readonly entryPath: string;
  /** The `Set-Cookie` header that goes with the answer to that address. */
  readonly cookie: string;
  /** Does the request carry the token of the printed address? */
  isEntry(url: URL): boolean;
  /** Why this request is refused, or `undefined`. @param needs what must be shown besides the right host */
  refusal(request: IncomingMessage, needs: { cookie: boolean; origin: boolean }): string | undefined;
}

const LOCAL_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * @param port cookies do not know ports: the cookie's name does, so that two studios do not log each other out
 */
export function createWebGate(port: number): WebGate {
  const token = randomBytes(24).toString('base64url');
  const session = randomBytes(24).toString('base64url');
  const cookieName = `e4s_${port}`;

  return {
    entryPath: `/?token=${token}`,
    cookie: `${cookieName}=${session}; HttpOnly; SameSite=Strict; Path=/`,
    isEntry: (url) => url.pathname === '/' && isSame(url.searchParams.get('token') ?? '', token),
    refusal(request, needs) {
      const { host, origin } = request.headers;
      if (host === undefined || !isLocalHost(host)) return 'This address is served to this machine only.';
      // Browsers send Origin with every WebSocket and every POST; where it comes it must be this very address.
      if (origin === undefined ? needs.origin : origin !== `http://${host}`)
        return 'This request comes from another site.';
      const site = request.headers['sec-fetch-site'];
      if (needs.cookie && (site === 'cross-site' || site === 'same-site'))
        return 'This request comes from another site.';
      if (needs.cookie && !isSame(readCookie(request.headers.cookie, cookieName), session)) {
        return 'Open the studio with the address that it printed when it started.';
      }
      return undefined;
    },
  };
}

/** True for a Host header that names this machine; the port may differ (a tunnel ends where it likes). */
function isLocalHost(host: string): boolean {
  const match = /^(\[[^\]]*\]|[^:]*)(?::\d{1,5})?$/.exec(host);
  return match !== null && LOCAL_NAMES.has((match[1] as string).toLowerCase());
}

function readCookie(header: string | undefined, name: string): string {
  for (const part of header?.split(';') ?? []) {
    const [key, value = ''] = part.trim().split('=', 2);
    if (key === name) return value;
  }
  return '';
}

/** Comparison in constant time. */
function isSame(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
