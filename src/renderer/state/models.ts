/** The packs of weights as the engine last told them, and what is being done with them. */
import { create } from 'zustand';
import type { ImportEvent, ModelsState } from '#shared/contract-models.ts';

export type ImportReport = Omit<Extract<ImportEvent, { type: 'done' }>, 'type' | 'state'>;

export interface ModelsTask {
  readonly kind: 'import' | 'verify';
  /** What is done at the moment, in words. */
  readonly label: string;
  /** 0..1; null while nothing can be said. */
  readonly fraction: number | null;
  readonly stopping: boolean;
}

export interface ModelsStore {
  /** Null before it was told. */
  readonly models: ModelsState | null;
  /** Why it could not be told. */
  readonly problem: string | null;
  readonly task: ModelsTask | null;
  /** Of the last import; null when it was closed. */
  readonly report: ImportReport | null;
}

export const useModels = create<ModelsStore>()(() => ({ models: null, problem: null, task: null, report: null }));

/** The engine with this id, as far as it is known. */
export const engineState = (models: ModelsState | null, id: ModelsState['engines'][number]['id']) =>
  models?.engines.find((row) => row.id === id);
