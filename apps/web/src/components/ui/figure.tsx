/** One number with its name and what it is measured against; stands in a `dl`. */
export function Figure({ name, value, note }: { name: string; value: string; note: string }) {
  return (
    <div>
      <dt className="text-xs text-faint">{name}</dt>
      <dd className="tabular mt-1 text-lg font-semibold">{value}</dd>
      <dd className="tabular text-xs text-muted">{note}</dd>
    </div>
  );
}
