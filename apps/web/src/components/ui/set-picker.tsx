import clsx from "clsx";

interface Props {
  label: string;
  /** What it means to choose none. */
  none?: string;
  options: readonly { id: string; name: string }[];
  chosen: readonly string[];
  onChange: (ids: string[]) => void;
}

/** Choose some of a few; where there is nothing to choose, as of teams in golf, nothing is asked. */
export function SetPicker({ label, none = "any", options, chosen, onChange }: Props) {
  if (options.length === 0) return null;
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-sm font-medium">{label} <span className="text-xs font-normal text-faint">{chosen.length === 0 && none}</span></legend>
      <div className="flex flex-wrap gap-1.5">
        {options.map(({ id, name }) => {
          const on = chosen.includes(id);
          return (
            <button
              key={id} type="button" aria-pressed={on}
              className={clsx("h-8 rounded-md border px-2.5 text-xs font-medium", on ? "border-transparent bg-accent-soft text-accent" : "border-line text-muted hover:bg-raised")}
              onClick={() => { onChange(on ? chosen.filter((x) => x !== id) : [...chosen, id]); }}
            >
              {name}
            </button>
          );
        })}
      </div>
    </fieldset>
  );
}
