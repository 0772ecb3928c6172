interface Props {
  low: number | null;
  mid: number | null;
  high: number | null;
  /** The largest value of the column, so that rows compare. */
  max: number;
}

/** A projection at a glance: the 10–90 % range as a bar, the median as a tick. */
export function Interval({ low, mid, high, max }: Props) {
  if (low == null || high == null || max <= 0) return <span className="text-faint">–</span>;
  const at = (v: number) => `${Math.min(100, Math.max(0, (v / max) * 100))}%`;
  return (
    <div className="relative h-2 w-full min-w-24 rounded-full bg-raised" title={`10–90%: ${low.toFixed(1)} to ${high.toFixed(1)}`}>
      <div className="absolute h-full rounded-full bg-accent/45" style={{ left: at(low), width: `calc(${at(high)} - ${at(low)})` }} />
      {mid != null && <div className="absolute -top-0.5 h-3 w-0.5 rounded bg-accent" style={{ left: at(mid) }} />}
    </div>
  );
}
