import { scaleLinear, scaleSymlog } from "d3-scale";
import { useId } from "react";
import { useWidth } from "./width";

export interface CurvePoint {
  x: number;
  y: number;
  /** Half the height of the 95 % interval. */
  spread: number;
}

const H = 220;
const M = { top: 16, right: 16, bottom: 28, left: 52 };

/** A quantity against a number of things, with its interval; the horizontal axis is logarithmic, zero is marked. */
export function CurveChart({ points, label, unit, format }: { points: CurvePoint[]; label: string; unit: string; format: (y: number) => string }) {
  const title = useId();
  const [frame, W] = useWidth(640);
  const ys = points.flatMap((p) => [p.y - p.spread, p.y + p.spread, 0]);
  const x = scaleSymlog([Math.min(...points.map((p) => p.x)), Math.max(...points.map((p) => p.x), 2)], [M.left, W - M.right]);
  const y = scaleLinear([Math.min(...ys), Math.max(...ys)], [H - M.bottom, M.top]).nice(4);
  const line = points.map((p) => `${x(p.x)},${y(p.y)}`).join(" ");
  const band = [...points.map((p) => `${x(p.x)},${y(p.y + p.spread)}`), ...points.toReversed().map((p) => `${x(p.x)},${y(p.y - p.spread)}`)].join(" ");
  return (
    <div ref={frame}><svg viewBox={`0 0 ${W} ${H}`} className="w-full" role="img" aria-labelledby={title}>
      <title id={title}>{`${label}: ${points.map((p) => `${p.x} ${unit} ${format(p.y)}`).join(", ")}`}</title>
      {y.ticks(4).map((tick) => (
        <g key={tick}>
          <line x1={M.left} x2={W - M.right} y1={y(tick)} y2={y(tick)} className={tick === 0 ? "stroke-muted" : "stroke-line"} />
          <text x={M.left - 6} y={y(tick) + 4} textAnchor="end" className="fill-faint text-[11px]">{format(tick)}</text>
        </g>
      ))}
      <polygon points={band} className="fill-accent/15" />
      <polyline points={line} className="fill-none stroke-accent" strokeWidth={2} />
      {points.map((p) => (
        <g key={p.x}>
          <circle cx={x(p.x)} cy={y(p.y)} r={3.5} className="fill-accent"><title>{`${p.x} ${unit}: ${format(p.y)} ± ${format(p.spread)}`}</title></circle>
          <text x={x(p.x)} y={H - 8} textAnchor="middle" className="fill-faint text-[11px]">{p.x}</text>
        </g>
      ))}
    </svg></div>
  );
}
