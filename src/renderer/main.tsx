import './jitless.ts';
import '@fontsource-variable/inter/wght.css';
import './window.css';
import { createDOMRenderer, RendererProvider } from '@fluentui/react-components';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { StudioProvider, startStudio } from './actions/studio.ts';
import { desktopLink } from './link/desktop-link.ts';
import { webLink } from './link/web-link.ts';
import { App } from './views/app.tsx';

/** The nonce under which the content security policy lets style elements pass. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

const root = document.getElementById('studio');
if (!root) throw new Error('the page has no place for the studio');

const link = window.e4s ? await desktopLink(window.e4s, window) : webLink(window.location);
const studio = startStudio(link, new AbortController().signal);
const renderer = createDOMRenderer(document, { styleElementAttributes: { nonce: styleNonce() } });

createRoot(root).render(
  <StrictMode>
    <RendererProvider renderer={renderer} targetDocument={document}>
      <StudioProvider value={studio}>
        <App />
      </StudioProvider>
    </RendererProvider>
  </StrictMode>,
);
