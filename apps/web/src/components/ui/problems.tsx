interface Problem {
  message: string;
  row?: number | null;
  column?: string | null;
}

interface Told {
  message: string;
  problems?: readonly Problem[];
  rules?: readonly string[];
}

const SHOWN = 50;

/** What was refused, and each fault with its row and column. */
export function Problems({ error }: { error: Told | Error }) {
  const told = error as Told;
  const problems = told.problems ?? [];
  const rules = told.rules ?? [];
  return (
    <div role="alert" className="w-full rounded-lg bg-bad-soft px-4 py-3 text-sm text-bad">
      <p className="font-medium">{told.message}</p>
      {(problems.length > 0 || rules.length > 0) && (
        <ul className="mt-2 max-h-56 list-disc space-y-1 overflow-y-auto pl-5">
          {problems.slice(0, SHOWN).map((p, i) => (
            <li key={i}>
              {p.row != null && <b>Row {p.row}</b>}
              {p.row != null && p.column != null && ", "}
              {p.column != null && <b>{p.column}</b>}
              {(p.row != null || p.column != null) && ": "}
              {p.message}
            </li>
          ))}
          {problems.length > SHOWN && <li>and {problems.length - SHOWN} more</li>}
          {rules.map((rule) => (
            <li key={rule}>{rule}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
