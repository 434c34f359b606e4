import { withPerson } from '../../model/video-document.ts';
import { peopleOf } from '../../model/video-part.ts';
import { edit, useEdit } from '../../state/edit.ts';
import type { Photo } from '../../state/photos.ts';
import { useVideoView } from '../../state/video-view.ts';
import { FaceButtons } from '../photos/source-faces.tsx';

/** The faces of a source photo; pressing one gives it to the selected person of the video. */
export function VideoSourceFaces({ photo }: { photo: Photo }) {
  const video = useEdit((state) => state.history.present.video);
  const person = useVideoView((state) => state.person);
  const isUsed = (face: number) =>
    peopleOf(video).some(([, source]) => source.photo === photo.key && source.face === face);
  const pick = (face: number) => {
    if (person === null) return;
    const now = video.people[person];
    const same = now?.photo === photo.key && now.face === face;
    edit((doc) => withPerson(doc, person, same ? null : { photo: photo.key, face }));
  };
  return <FaceButtons photo={photo} isUsed={isUsed} disabled={video.clip === null || person === null} onPick={pick} />;
}
