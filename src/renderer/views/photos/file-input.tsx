import type { ChangeEvent } from 'react';
import { useStudio } from '../../actions/studio.ts';
import type { Well } from '../../state/photos.ts';
import { text } from '../../text.ts';
import { ACCEPTED_FILES, inputId } from './pick-files.ts';

/** The hidden file input of a well. */
export function FileInput({ well }: { well: Well }) {
  const studio = useStudio();
  const changed = (event: ChangeEvent<HTMLInputElement>) => {
    void studio.files.openFiles([...(event.target.files ?? [])], well);
    // The same file must be choosable again.
    event.target.value = '';
  };
  return (
    <input
      id={inputId(well)}
      type="file"
      hidden
      accept={ACCEPTED_FILES}
      multiple={well === 'source'}
      aria-label={well === 'source' ? text.wells.chooseSource : text.wells.chooseTarget}
      onChange={changed}
    />
  );
}
