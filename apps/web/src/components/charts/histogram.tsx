import { scaleLinear } from "d3-scale";
import { useId, useState } from "react";
import { useWidth } from "./width";

export interface Histogram {
  /** Left edge of the first bin. */
  from: number;
  /** Width of each bin, in the stat's unit. */
  width: number;
  /** Share of worlds in each bin; sums to 1. */
  shares: number[];
}

interface Props extends Histogram {
  unit: string;
  mean: number;
  low?: number | null;
  high?: number | null;
  /** What really happened, where it is known. */
  actual?: number | null;
  label: string;
}

const H = 220;
const M = { top: 22, right: 12, bottom: 28, left: 12 };

/** A distribution drawn: bars of simulated worlds, the 10–90 % range shaded, the mean and the result marked. */
export function HistogramChart({ from, width, shares, unit, mean, low, high, actual, label }: Props) {
  const [hover, setHover] = useState<number | null>(null);
  const title = useId();
  const [frame, W] = useWidth(640);
  const to = from + width * shares.length;
  const right = Math.max(to, actual ?? to, mean) + width * 0.5;
  const x = scaleLinear([Math.min(from, actual ?? from), right], [M.left, W - M.right]);
  const y = scaleLinear([0, Math.max(...shares, 1e-9)], [H - M.bottom, M.top]);
  const inRange = (i: number) => low != null && high != null && from + width * (i + 1) > low && from + width * i < high;
  const bar = hover == null ? null : { left: from + width * hover, share: shares[hover] ?? 0 };
  return (
    <figure ref={frame}>
      <svg viewBox={`0 0 ${W} ${H}`} className="w-full" role="img" aria-labelledby={title} onMouseLeave={() => { setHover(null); }}>
        <title id={title}>{label}</title>
        {shares.map((share, i) => (
          <rect
            key={i}
            x={x(from + width * i) + 0.5}
            width={Math.max(1, x(from + width) - x(from) - 1)}
            y={y(share)}
            height={H - M.bottom - y(share)}
            rx={1.5}
            className={hover === i ? "fill-ink" : inRange(i) ? "fill-accent" : "fill-accent/35"}
          />
        ))}
        {shares.map((_, i) => (
          <rect key={i} x={x(from + width * i)} width={x(from + width) - x(from)} y={M.top} height={H - M.top - M.bottom} fill="transparent" onMouseEnter={() => { setHover(i); }} />
        ))}
        <line x1={M.left} x2={W - M.right} y1={H - M.bottom} y2={H - M.bottom} className="stroke-line" />
        {x.ticks(W < 480 ? 5 : 8).map((tick) => (
          <text key={tick} x={x(tick)} y={H - 9} textAnchor="middle" className="fill-faint text-[12px]">
            {tick}
          </text>
        ))}
        <Mark x={x(mean)} text={`mean ${mean.toFixed(1)}`} className="stroke-ink" textClass="fill-ink" right={x(mean) > W * 0.75} />
        {actual != null && <Mark x={x(actual)} text={`actual ${actual.toFixed(1)}`} className="stroke-warn" textClass="fill-warn" right={x(actual) > W * 0.75} lower />}
      </svg>
      <figcaption className="min-h-5 text-center text-xs text-muted">
        {bar
          ? `${bar.left.toFixed(width < 1 ? 1 : 0)} to ${(bar.left + width).toFixed(width < 1 ? 1 : 0)} ${unit}: ${(bar.share * 100).toFixed(1)}% of worlds`
          : low != null && high != null
            ? `80% of simulated worlds lie between ${low.toFixed(1)} and ${high.toFixed(1)} ${unit}`
            : unit}
      </figcaption>
    </figure>
  );
}

function Mark({ x, text, className, textClass, right, lower = false }: { x: number; text: string; className: string; textClass: string; right: boolean; lower?: boolean }) {
  return (
    <g>
      <line x1={x} x2={x} y1={lower ? M.top + 14 : M.top - 6} y2={H - M.bottom} className={className} strokeWidth={1.5} strokeDasharray={lower ? undefined : "4 3"} />
      <text x={x + (right ? -6 : 6)} y={lower ? M.top + 20 : M.top - 8} textAnchor={right ? "end" : "start"} className={`${textClass} text-[12px] font-medium`} style={{ paintOrder: "stroke", stroke: "var(--surface)", strokeWidth: 4 }}>
        {text}
      </text>
    </g>
  );
}
