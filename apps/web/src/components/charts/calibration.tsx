import { scaleLinear, scaleSqrt } from "d3-scale";
import { useId } from "react";

const SIZE = 240;
const M = { top: 8, right: 8, bottom: 34, left: 40 };
const x = scaleLinear([0, 1], [M.left, SIZE - M.right]);
const y = scaleLinear([0, 1], [SIZE - M.bottom, M.top]);

/** How often the outcome fell into each tenth of the told distribution; flat at a tenth is calibrated. */
export function PitChart({ shares, label }: { shares: number[]; label: string }) {
  const title = useId();
  const even = 1 / shares.length;
  const height = scaleLinear([0, Math.max(even * 2, ...shares)], [SIZE - M.bottom, M.top]);
  return (
    <svg viewBox={`0 0 ${SIZE} ${SIZE}`} className="w-full max-w-xs" role="img" aria-labelledby={title}>
      <title id={title}>{`${label}: ${shares.map((share) => `${(share * 100).toFixed(1)}%`).join(", ")} in each tenth`}</title>
      <Axis ticks={height.ticks(4).map((tick) => [height(tick), `${Math.round(tick * 100)}%`])} across="tenth of the told distribution" />
      {shares.map((share, i) => (
        <rect key={i} x={x(i * even) + 1} width={x(even) - x(0) - 2} y={height(share)} height={SIZE - M.bottom - height(share)} rx={1.5} className="fill-accent/70">
          <title>{`${i * 10} to ${(i + 1) * 10} %: ${(share * 100).toFixed(1)} % of games`}</title>
        </rect>
      ))}
      <line x1={M.left} x2={SIZE - M.right} y1={height(even)} y2={height(even)} className="stroke-ink" strokeDasharray="4 3" />
    </svg>
  );
}

export interface Bin {
  p: number;
  rate: number;
  n: number;
}

/** How often it happened against how likely it was told to be; the diagonal is calibrated. */
export function ReliabilityChart({ bins, label }: { bins: Bin[]; label: string }) {
  const title = useId();
  const radius = scaleSqrt([0, Math.max(1, ...bins.map((b) => b.n))], [2, 9]);
  return (
    <svg viewBox={`0 0 ${SIZE} ${SIZE}`} className="w-full max-w-xs" role="img" aria-labelledby={title}>
      <title id={title}>{`${label}: ${bins.map((b) => `told ${Math.round(b.p * 100)}%, happened ${Math.round(b.rate * 100)}%`).join("; ")}`}</title>
      <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} className="stroke-ink" strokeDasharray="4 3" />
      <Axis ticks={y.ticks(4).map((tick) => [y(tick), `${Math.round(tick * 100)}%`])} across="chance told" />
      {bins.map((b) => (
        <circle key={b.p} cx={x(b.p)} cy={y(b.rate)} r={radius(b.n)} className="fill-accent/70 stroke-surface">
          <title>{`told ${(b.p * 100).toFixed(0)} %, happened ${(b.rate * 100).toFixed(0)} % of ${b.n} games`}</title>
        </circle>
      ))}
    </svg>
  );
}

function Axis({ ticks, across }: { ticks: [number, string][]; across: string }) {
  return (
    <>
      {ticks.map(([place, text]) => (
        <g key={text}>
          <line x1={M.left} x2={SIZE - M.right} y1={place} y2={place} className="stroke-line" />
          <text x={M.left - 6} y={place + 4} textAnchor="end" className="fill-muted text-[11px]">{text}</text>
        </g>
      ))}
      {[0, 0.5, 1].map((tick) => (
        <text key={tick} x={x(tick)} y={SIZE - M.bottom + 14} textAnchor={tick === 1 ? "end" : "middle"} className="fill-muted text-[11px]">{`${tick * 100}%`}</text>
      ))}
      <text x={(M.left + SIZE - M.right) / 2} y={SIZE - 4} textAnchor="middle" className="fill-muted text-[11px]">{across}</text>
    </>
  );
}
