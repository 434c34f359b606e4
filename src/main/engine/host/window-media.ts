/** The addresses under which one window plays videos; they end with the window. */
import type { MediaAddress } from '#shared/contract-video.ts';
import type { AskShell } from './control-client.ts';

export interface WindowMedia {
  /** The address of a file; the same one when it is asked for again. @param type MIME type */
  addressOf(path: string, type: string): Promise<MediaAddress>;
  /** The window is gone. */
  end(): void;
}

export function createWindowMedia(ask: AskShell): WindowMedia {
  const addresses = new Map<string, Promise<MediaAddress>>();
  return {
    addressOf(path, type) {
      const known = addresses.get(path);
      if (known) return known;
      const address = ask('publish', { path, type });
      addresses.set(path, address);
      return address;
    },
    end() {
      for (const address of addresses.values()) {
        // What was never published, or ended with its shell, needs not be taken back.
        address.then((known) => ask('withdraw', { address: known })).catch(() => undefined);
      }
      addresses.clear();
    },
  };
}
