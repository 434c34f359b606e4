import { makeStyles, mergeClasses, tokens } from '@fluentui/react-components';
import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { LOSS_TARGETS, type LossRow, type LossTermId, lossName } from '#shared/tuning.ts';
import {
  type CurvePoint,
  curveOf,
  logShare,
  logTicks,
  lossText,
  nearestRow,
  thinned,
  trendOf,
  updateTicks,
  valueRange,
} from '../../model/loss-curves.ts';
import { text } from '../../text.ts';
import { DASHES, useCurveColors } from './chart-colors.ts';

const HEIGHT = 200;
const EDGE = { left: 52, right: 12, top: 8, bottom: 26 } as const;
const PLOT_HEIGHT = HEIGHT - EDGE.top - EDGE.bottom;

const useStyles = makeStyles({
  root: {
    position: 'relative',
    outline: 'none',
    cursor: 'crosshair',
    ':focus-visible': { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: '2px' },
  },
  svg: { display: 'block', width: '100%', height: `${HEIGHT}px`, overflow: 'visible' },
  rule: { stroke: tokens.colorNeutralStroke2, strokeWidth: 1 },
  tick: {
    fill: tokens.colorNeutralForeground2,
    fontSize: tokens.fontSizeBase100,
    fontFamily: tokens.fontFamilyBase,
    fontVariantNumeric: 'tabular-nums',
  },
  single: { fill: 'none', stroke: 'currentColor', strokeWidth: 1, opacity: 0.4 },
  trend: { fill: 'none', stroke: 'currentColor', strokeWidth: 2.25, strokeLinejoin: 'round' },
  cursor: { stroke: tokens.colorNeutralForeground2, strokeWidth: 1 },
  dot: { fill: tokens.colorNeutralBackground2, stroke: 'currentColor', strokeWidth: 2 },
  empty: {
    display: 'grid',
    placeItems: 'center',
    height: `${HEIGHT}px`,
    color: tokens.colorNeutralForeground3,
  },
});

/** The width that an element has on screen, pixels. */
function useWidth() {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { ref, width };
}

interface LossChartProps {
  readonly rows: readonly LossRow[];
  readonly term: LossTermId;
  /** The update that is read; null for the last one. */
  readonly update: number | null;
  readonly onUpdate: (update: number | null) => void;
}

const KEYS: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowRight: (at) => at + 1,
  ArrowUp: (at) => at + 1,
  ArrowLeft: (at) => at - 1,
  ArrowDown: (at) => at - 1,
  PageUp: (at, last) => at + Math.max(10, Math.round(last / 10)),
  PageDown: (at, last) => at - Math.max(10, Math.round(last / 10)),
  Home: () => 0,
  End: (_, last) => last,
};

/** The losses towards both targets by update, on a logarithmic scale; an update is read with the pointer or the keys. */
export function LossChart({ rows, term, update, onUpdate }: LossChartProps) {
  const styles = useStyles();
  const colors = useCurveColors();
  const { ref, width } = useWidth();
  const plotWidth = Math.max(1, width - EDGE.left - EDGE.right);
  const last = rows.at(-1)?.update ?? 0;
  const curves = useMemo(
    () =>
      LOSS_TARGETS.map(({ id, title }) => {
        const points = curveOf(rows, lossName(id, term));
        return { id, title, points: thinned(points, plotWidth), trend: thinned(trendOf(points), plotWidth) };
      }),
    [rows, term, plotWidth],
  );
  const range = useMemo(() => valueRange(curves.map(({ points }) => points)), [curves]);
  const row = nearestRow(rows, update ?? last);
  if (range === null || row === null) {
    return (
      <div ref={ref} className={styles.empty}>
        {text.tuning.chart.empty}
      </div>
    );
  }

  const x = (at: number): number => EDGE.left + (last <= 1 ? 0.5 : (at - 1) / (last - 1)) * plotWidth;
  const y = (value: number): number => EDGE.top + (1 - logShare(range, value)) * PLOT_HEIGHT;
  const pathOf = (points: readonly CurvePoint[]): string =>
    points
      .map((point, at) => `${at === 0 ? 'M' : 'L'}${x(point.update).toFixed(1)} ${y(point.value).toFixed(1)}`)
      .join('');
  const values = curves.flatMap(({ id, title }) => {
    const value = row.losses[lossName(id, term)];
    return value === undefined ? [] : [{ id, title, value }];
  });
  const spoken = values.map(({ title, value }) => text.tuning.chart.value(title, lossText(value)));

  const keyed = (event: KeyboardEvent) => {
    const move = KEYS[event.key];
    if (event.key === 'Escape' && update !== null) onUpdate(null);
    else if (move) {
      const at = rows.indexOf(row);
      const to = rows[Math.min(rows.length - 1, Math.max(0, move(at, rows.length - 1)))];
      onUpdate(to?.update ?? null);
    } else return;
    event.preventDefault();
  };
  const pointed = (event: PointerEvent<HTMLElement>) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - left - EDGE.left) / plotWidth;
    onUpdate(Math.round(1 + Math.min(1, Math.max(0, share)) * (last - 1)));
  };
  return (
    <div
      ref={ref}
      className={styles.root}
      role="slider"
      tabIndex={0}
      aria-label={text.tuning.chart.point}
      aria-valuemin={rows[0]?.update ?? 0}
      aria-valuemax={last}
      aria-valuenow={row.update}
      aria-valuetext={text.tuning.chart.spoken(row.update, row.frame + 1, spoken)}
      onKeyDown={keyed}
      onPointerMove={pointed}
      onPointerDown={pointed}
      onPointerLeave={() => onUpdate(null)}
    >
      <svg className={styles.svg} aria-hidden>
        {logTicks(range).map((tick) => (
          <g key={tick}>
            <line className={styles.rule} x1={EDGE.left} x2={width - EDGE.right} y1={y(tick)} y2={y(tick)} />
            <text className={styles.tick} x={EDGE.left - 6} y={y(tick) + 3} textAnchor="end">
              {lossText(tick)}
            </text>
          </g>
        ))}
        {updateTicks(last, Math.max(2, Math.floor(plotWidth / 80))).map((tick) => (
          <text key={tick} className={styles.tick} x={x(tick)} y={HEIGHT - 8} textAnchor="middle">
            {tick.toLocaleString('en')}
          </text>
        ))}
        {curves.map(({ id, points, trend }) => (
          <g key={id} className={colors[id]} data-curve={id}>
            <path className={styles.single} d={pathOf(points)} />
            <path className={styles.trend} d={pathOf(trend)} strokeDasharray={DASHES[id]} />
          </g>
        ))}
        <line className={styles.cursor} x1={x(row.update)} x2={x(row.update)} y1={EDGE.top} y2={HEIGHT - EDGE.bottom} />
        {values.map(({ id, value }) => (
          <circle
            key={id}
            className={mergeClasses(styles.dot, colors[id])}
            cx={x(row.update)}
            cy={y(Math.min(range.high, Math.max(range.low, value)))}
            r={4}
          />
        ))}
      </svg>
    </div>
  );
}
