/** What an automatic check of accessibility finds in a window. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { rests } from './page.ts';

/** What axe finds serious or critical once the page rests, in words. */
export async function findings(page: Page): Promise<string[]> {
  await rests(page);
  const { violations } = await new AxeBuilder({ page })
    // Sentinels of the focus manager: they hand the focus on the moment they get it, and are never stopped at.
    .exclude('[data-tabster-dummy]')
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')} ${node.failureSummary}`),
    );
}
