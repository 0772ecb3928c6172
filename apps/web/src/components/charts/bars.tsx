interface Bar {
  label: string;
  value: number;
  note?: string;
}

/** Past games as bars, oldest first. */
export function Bars({ bars, label, unit }: { bars: Bar[]; label: string; unit: string }) {
  const top = Math.max(...bars.map((b) => b.value), 1);
  return (
    <div role="img" aria-label={`${label}: ${bars.map((b) => `${b.label} ${b.value.toFixed(1)}`).join(", ")}`} className="flex h-28 items-end gap-1">
      {bars.map((b, i) => (
        <div key={i} className="group flex h-full flex-1 flex-col justify-end" title={`${b.note ?? b.label}: ${b.value.toFixed(1)} ${unit}`}>
          <div className="min-h-px rounded-t bg-accent/60 group-hover:bg-accent" style={{ height: `${Math.max(0, (b.value / top) * 84)}%` }} />
          <span className="mt-1 truncate text-center text-[10px] text-faint">{b.label}</span>
        </div>
      ))}
    </div>
  );
}
