/** Imports one file into a folder of packs and prints what it took: a process of its own, so that its memory is its own. */
import { importPath } from '#engine/weights/import.ts';

const [packs = '', file = '', replace] = process.argv.slice(2);
let steps = 0;
const report = await importPath(packs, file, {
  replace: replace === 'replace',
  onProgress: () => {
    steps++;
  },
});
process.stdout.write(
  JSON.stringify({ files: report.files, steps, peakRssBytes: process.resourceUsage().maxRSS * 1024 }),
);
