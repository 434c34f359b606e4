import { Button, makeStyles, tokens } from '@fluentui/react-components';
import type { FrameRange } from '#shared/jobs.ts';
import { secondsOf, type Timed, timecode } from '../../model/frame-clock.ts';
import { skipSummary } from '../../model/frame-strip.ts';
import { text } from '../../text.ts';

const useStyles = makeStyles({
  root: { display: 'flex', flexDirection: 'column', gap: tokens.spacingVerticalXS },
  title: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold, lineHeight: '20px' },
  table: { borderCollapse: 'collapse', width: '100%', fontSize: tokens.fontSizeBase200, textAlign: 'left' },
  cell: { padding: '2px 12px 2px 0', verticalAlign: 'top', fontWeight: tokens.fontWeightRegular },
  number: { textAlign: 'right', fontVariantNumeric: 'tabular-nums', whiteSpace: 'nowrap' },
  places: { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '2px' },
  place: { minWidth: 0, padding: '0 6px', fontVariantNumeric: 'tabular-nums', fontWeight: tokens.fontWeightRegular },
  quiet: { color: tokens.colorNeutralForeground3, fontSize: tokens.fontSizeBase200, margin: 0 },
});

/** More places than this are counted. */
const MAX_PLACES = 12;

interface SkipReportProps {
  readonly clip: Timed;
  readonly ranges: readonly FrameRange[];
  /** Nothing more will come. */
  readonly over: boolean;
  readonly onSeek: (frame: number) => void;
}

/** Frames that keep the target's pixels: why, how many, and where. */
export function SkipReport({ clip, ranges, over, onSeek }: SkipReportProps) {
  const styles = useStyles();
  const rows = skipSummary(ranges);
  const at = (frame: number) => timecode(secondsOf(clip, frame));
  return (
    <div className={styles.root}>
      <h3 className={styles.title}>{text.video.report.title}</h3>
      {rows.length === 0 && <p className={styles.quiet}>{over ? text.video.report.none : text.video.report.noneYet}</p>}
      {rows.length > 0 && (
        <table className={styles.table} aria-label={text.video.report.title}>
          <tbody>
            {rows.map(({ reason, frames, ranges: places }) => (
              <tr key={reason}>
                <th className={styles.cell} scope="row" title={text.video.report.says(reason)}>
                  {text.video.report.reason(reason)}
                </th>
                <td className={`${styles.cell} ${styles.number}`}>{text.video.report.frames(frames)}</td>
                <td className={styles.cell}>
                  <span className={styles.places}>
                    {places.slice(0, MAX_PLACES).map(({ from, to }) => (
                      <Button
                        key={from}
                        className={styles.place}
                        size="small"
                        appearance="subtle"
                        title={text.video.report.goTo(at(from))}
                        onClick={() => onSeek(from)}
                      >
                        {text.video.report.where(at(from), at(to))}
                      </Button>
                    ))}
                    {places.length > MAX_PLACES && text.video.report.more(places.length - MAX_PLACES)}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
