/** The words of the models page and of the choice of an engine. */
import type { ImportOutcome } from '#shared/contract-models.ts';

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

/** Decimal units, as file managers show them. */
function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} KB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

const outcomes: Readonly<Record<ImportOutcome, string>> = {
  imported: 'Imported',
  present: 'There already',
  kept: 'Not taken',
  incomplete: 'Incomplete',
  unknown: 'Not known',
  refused: 'Refused',
  unneeded: 'Not needed',
};

export const modelsText = {
  title: 'Models',
  open: 'Models…',
  lead: 'The E4S networks come from their authors, not with this program. Get their files, then import them here: each is recognised by its content, checked and converted. Nothing in a file is executed.',
  loading: 'Looking at the models …',
  failed: 'The models could not be read.',
  tryAgain: 'Try again',

  importTitle: 'Import',
  importHint:
    'The whole folder “pretrained”, or single files (.pt, .pth, .tar, .safetensors). You can drop them here too.',
  folder: 'Import a folder…',
  files: 'Import files…',
  chooseFolder: 'Choose a folder of weights',
  chooseFiles: 'Choose files of weights',
  replace: 'Replace what came from another file',
  progress: 'Progress of the import',
  sending: (name: string) => `Handing over ${name}`,
  steps: { read: (file: string) => `Reading ${file}`, convert: (file: string) => `Converting ${file}` },
  ofFiles: (label: string, index: number, all: number) => (all > 1 ? `${label} (${index} of ${all})` : label),
  checking: (pack: string) => `Checking ${pack}`,
  starting: 'Starting …',
  stopping: 'Stopping …',
  verifyProgress: 'Progress of the check',

  report: {
    title: 'What the import found',
    close: 'Close the report',
    file: 'File',
    outcome: 'Outcome',
    reason: 'What happened',
    outcomes,
    ignored: (n: number) => `${count(n, 'other file is', 'other files are')} no weights.`,
    none: 'There are no weights here.',
    missing: 'Still missing',
    complete: 'Nothing is missing.',
    imported: (n: number) => (n === 0 ? 'Nothing new was imported' : `${count(n, 'file', 'files')} imported`),
    trouble: (n: number) => `${count(n, 'file was', 'files were')} not taken; the report on the models page says why.`,
    cancelled: 'The import was stopped',
    cancelledBody: 'Packs that were whole by then stay; nothing else was left behind.',
  },

  verify: 'Check all files',
  verified: 'All imported models are whole',
  verifiedNone: 'There is nothing to check yet',
  damaged: (n: number) => `${count(n, 'pack is', 'packs are')} damaged`,
  damagedBody: 'Import their files again.',

  works: 'What works now',
  yes: 'Works',
  no: 'Does not work yet',
  engineRow: (name: string) => `Engine: ${name}`,
  needsAll: (packs: string) => `needs ${packs}`,
  needsOne: (packs: string) => `needs one of ${packs}`,
  better: (packs: string) => `better with ${packs}`,

  packs: 'Packs',
  states: { ready: 'Ready', incomplete: 'Incomplete', damaged: 'Damaged', missing: 'Not imported' },
  optional: 'Optional',
  required: 'Needed',
  size,
  licence: 'Licence',
  commercial: 'Commercial use',
  commercials: { yes: 'Allowed', no: 'Not allowed', unknown: 'Not stated by the authors' },
  usedFor: 'Used for',
  comesFrom: 'Published at',
  fileNames: 'Files',
  there: 'imported',
  notThere: 'missing',
  copy: (title: string) => `Copy the address of ${title}`,
  copied: 'Address copied',
  remove: 'Remove…',
  removeOf: (title: string) => `Remove ${title}…`,
  removeTitle: (title: string) => `Remove “${title}”?`,
  removeBody: (bytes: string) =>
    `This deletes its converted files (${bytes}) from this machine. The files that you imported it from are not touched.`,
  removeConfirm: 'Remove',
  removed: (title: string) => `${title} was removed`,
  terms: 'Licences are summaries for orientation; the authors’ own words decide.',

  engine: {
    unavailable: 'The E4S networks cannot run yet',
    autoUses: { classic: 'Uses the classic engine now.', rgi: 'Uses the E4S networks now.' },
    lesser: (n: number) =>
      `${count(n, 'step is', 'steps are')} simpler without optional packs; the models page says which.`,
  },
} as const;
