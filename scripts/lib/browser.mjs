// Opens an address in the user's browser, where there is one.
import { spawn } from 'node:child_process';

const OPENERS = {
  darwin: (url) => ['open', [url]],
  win32: (url) => ['rundll32', ['url.dll,FileProtocolHandler', url]],
  linux: (url) => ['xdg-open', [url]],
};

/** Resolves to whether the system took the address. Without a display there is nothing to open it in. */
export function openInBrowser(url, { platform = process.platform, env = process.env } = {}) {
  const opener = OPENERS[platform];
  if (opener === undefined || (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY)) {
    return Promise.resolve(false);
  }
  const [command, args] = opener(url);
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true });
    child.on('error', () => resolve(false));
    child.on('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
