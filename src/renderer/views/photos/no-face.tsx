import { Button, MessageBar, MessageBarActions, MessageBarBody, Spinner } from '@fluentui/react-components';
import { useSearch } from '../../hooks/use-search.ts';
import type { Photo } from '../../state/photos.ts';
import { text } from '../../text.ts';

/** Says that a photo has no face, and offers to look harder once. */
export function NoFace({ photo }: { photo: Photo }) {
  const { searching, search } = useSearch(photo.key);
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
