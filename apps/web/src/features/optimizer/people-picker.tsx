import { X } from "lucide-react";
import { useId, useState } from "react";
import type { Person } from "./people";

interface PeopleProps {
  label: string;
  hint?: string;
  people: readonly Person[];
  chosen: readonly string[];
  onChange: (keys: string[]) => void;
}

/** Choose people by name; each stands as a chip that can be taken away. */
export function PeoplePicker({ label, hint, people, chosen, onChange }: PeopleProps) {
  const id = useId();
  const [text, setText] = useState("");
  const left = people.filter((p) => !chosen.includes(p.key));
  const add = (person: Person) => {
    onChange([...chosen, person.key]);
    setText("");
  };
  const typed = (value: string) => {
    const exact = left.find((p) => p.label === value);
    if (exact) add(exact);
    else setText(value);
  };
  const enter = () => {
    const wanted = text.trim().toLowerCase();
    const first = wanted === "" ? undefined : left.find((p) => p.label.toLowerCase().includes(wanted));
    if (first) add(first);
  };
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">{label}</label>
      <input
        id={id} list={`${id}-people`} value={text} placeholder="Type a name" autoComplete="off" aria-describedby={hint == null ? undefined : `${id}-note`}
        className="h-10 w-full rounded-lg border border-line bg-surface px-3 text-sm text-ink placeholder:text-faint"
        onChange={(e) => { typed(e.target.value); }}
        onKeyDown={(e) => {
          if (e.key !== "Enter") return;
          e.preventDefault();
          enter();
        }}
      />
      <datalist id={`${id}-people`}>{left.map((p) => <option key={p.key} value={p.label} />)}</datalist>
      {hint != null && <p id={`${id}-note`} className="mt-1.5 text-xs text-faint">{hint}</p>}
      {chosen.length > 0 && (
        <ul aria-label={`${label}: chosen`} className="mt-2 flex flex-wrap gap-1.5">
          {chosen.map((key) => {
            const name = people.find((p) => p.key === key)?.label ?? key;
            return (
              <li key={key} className="flex max-w-full items-center gap-1 rounded-md bg-accent-soft py-0.5 pr-0.5 pl-2 text-xs font-medium text-accent">
                <span className="truncate">{name}</span>
                <button type="button" aria-label={`Take away ${name}`} className="grid size-6 shrink-0 place-items-center rounded" onClick={() => { onChange(chosen.filter((k) => k !== key)); }}><X aria-hidden className="size-3.5" /></button>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
