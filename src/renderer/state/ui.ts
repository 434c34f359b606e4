/** What is on screen: the viewer's subject and mode, open dialogs, messages. Nothing here is part of the work. */
import { create } from 'zustand';
import type { ErrorReport } from '#shared/errors.ts';
import type { StageId } from '#shared/stages.ts';
import type { PhotoKey } from '../model/source-face.ts';
import type { Well } from './photos.ts';

export type Subject =
  | { readonly kind: 'source'; readonly photo: PhotoKey }
  | { readonly kind: 'target' }
  | { readonly kind: 'result' }
  | { readonly kind: 'stage'; readonly stage: StageId };

export type CompareMode = 'wipe' | 'side' | 'after';
export type DialogName = 'export' | 'settings' | 'shortcuts' | 'doctor' | 'models';

export interface Message {
  readonly id: number;
  readonly intent: 'success' | 'info' | 'warning' | 'error';
  readonly title: string;
  readonly body?: string | undefined;
  readonly action?: { readonly label: string; readonly run: () => void } | undefined;
}

export interface UiState {
  readonly tab: 'image' | 'video';
  readonly subject: Subject;
  readonly compare: CompareMode;
  readonly wipe: number;
  readonly stagesOpen: boolean;
  readonly dialog: DialogName | null;
  /** Step of the tour, or null when it is not shown. */
  readonly tour: number | null;
  readonly dropWell: Well | null;
  readonly messages: readonly Message[];
  /** A failure that stands until it is closed. */
  readonly failure: ErrorReport | null;
}

export const useUi = create<UiState>()(() => ({
  tab: 'image',
  subject: { kind: 'target' },
  compare: 'wipe',
  wipe: 0.5,
  stagesOpen: false,
  dialog: null,
  tour: null,
  dropWell: null,
  messages: [],
  failure: null,
}));

export const show = (subject: Subject): void => useUi.setState({ subject });
export const openDialog = (dialog: DialogName | null): void => useUi.setState({ dialog });

let messages = 0;

export function say(message: Omit<Message, 'id'>): void {
  messages += 1;
  const id = messages;
  useUi.setState((state) => ({ messages: [...state.messages, { ...message, id }] }));
}

export const dismiss = (id: number): void =>
  useUi.setState((state) => ({ messages: state.messages.filter((message) => message.id !== id) }));
