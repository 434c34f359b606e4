/** The slower search for faces, and whether it is at work. */
import { useState } from 'react';
import { useStudio } from '../actions/studio.ts';
import type { PhotoKey } from '../model/source-face.ts';

export function useSearch(photo: PhotoKey): { readonly searching: boolean; readonly search: () => void } {
  const { photos } = useStudio();
  const [searching, setSearching] = useState(false);
  const search = () => {
    setSearching(true);
    void photos.searchThoroughly(photo).finally(() => setSearching(false));
  };
  return { searching, search };
}
