import { Button, MessageBar, MessageBarActions, MessageBarBody, Spinner } from '@fluentui/react-components';
import { useState } from 'react';
import { useStudio } from '../../actions/studio.ts';
import type { Photo } from '../../state/photos.ts';
import { text } from '../../text.ts';

/** Says that a photo has no face, and offers to look harder once. */
export function NoFace({ photo }: { photo: Photo }) {
  const { photos } = useStudio();
  const [searching, setSearching] = useState(false);
  const search = () => {
    setSearching(true);
    void photos.searchThoroughly(photo.key).finally(() => setSearching(false));
  };
  return (
    <MessageBar intent="warning" layout="multiline">
      <MessageBarBody>{text.wells.noFace}</MessageBarBody>
      {!photo.thorough && (
        <MessageBarActions>
          <Button
            size="small"
            disabled={searching}
            icon={searching ? <Spinner size="extra-tiny" /> : null}
            title={text.wells.searchHint}
            onClick={search}
          >
            {searching ? text.wells.searching : text.wells.search}
          </Button>
        </MessageBarActions>
      )}
    </MessageBar>
  );
}
