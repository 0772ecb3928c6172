import {
  createColumnHelper,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  useTable,
  type SortingState,
} from "@tanstack/react-table";
import clsx from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import { useMemo, useState, type ReactNode } from "react";

export interface Column<Row> {
  key: string;
  header: string;
  /** Read out and shown on hover: what the number means. */
  help?: string;
  value: (row: Row) => string | number | null | undefined;
  cell?: (row: Row) => ReactNode;
  numeric?: boolean;
  /** Hidden below this width. */
  from?: "sm" | "md" | "lg";
}

interface Props<Row> {
  rows: Row[];
  columns: Column<Row>[];
  rowKey: (row: Row) => string | number;
  sort: { key: string; descending: boolean };
  caption: string;
  rowClass?: (row: Row) => string;
}

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
const FROM = { sm: "hidden sm:table-cell", md: "hidden md:table-cell", lg: "hidden lg:table-cell" };

/** A table that sorts; a missing value sorts last in either direction. */
export function DataTable<Row extends object>({ rows, columns, rowKey, sort, caption, rowClass }: Props<Row>) {
  const [sorting, setSorting] = useState<SortingState>([{ id: sort.key, desc: sort.descending }]);
  const defined = useMemo(() => {
    const helper = createColumnHelper<typeof features, Row>();
    return helper.columns(columns.map((c) =>
      helper.accessor((row) => c.value(row) ?? undefined, {
        id: c.key,
        header: c.header,
        sortUndefined: "last",
        sortDescFirst: c.numeric ?? false,
      }),
    ));
  }, [columns]);
  const table = useTable({
    features,
    columns: defined,
    data: rows,
    getRowId: (row) => String(rowKey(row)),
    state: { sorting },
    onSortingChange: setSorting,
    enableSortingRemoval: false,
  });
  const byKey = useMemo(() => new Map(columns.map((c) => [c.key, c])), [columns]);
  return (
    <div className="overflow-x-auto">
      <table className="w-full text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 z-10 bg-surface">
          <tr className="border-b border-line text-left text-xs text-faint">
            {table.getHeaderGroups()[0]?.headers.map((header) => {
              const column = byKey.get(header.column.id);
              const sorted = header.column.getIsSorted();
              return (
                <th
                  key={header.id}
                  scope="col"
                  aria-sort={sorted === "asc" ? "ascending" : sorted === "desc" ? "descending" : "none"}
                  className={clsx("px-3 py-2.5 font-medium first:pl-5 last:pr-5", column?.numeric && "text-right", column?.from && FROM[column.from])}
                >
                  <button
                    type="button"
                    title={column?.help}
                    onClick={header.column.getToggleSortingHandler()}
                    className={clsx("inline-flex items-center gap-1 rounded hover:text-ink", sorted && "text-ink", column?.numeric && "flex-row-reverse")}
                  >
                    {column?.header}
                    {sorted === "asc" ? <ArrowUp aria-hidden className="size-3" /> : sorted === "desc" ? <ArrowDown aria-hidden className="size-3" /> : <span className="size-3" />}
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id} className={clsx("border-b border-line/60 last:border-0 hover:bg-raised/60", rowClass?.(row.original))}>
              {columns.map((c) => (
                <td key={c.key} className={clsx("px-3 py-2.5 first:pl-5 last:pr-5", c.numeric && "tabular text-right", c.from && FROM[c.from])}>
                  {c.cell ? c.cell(row.original) : (c.value(row.original) ?? "–")}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
