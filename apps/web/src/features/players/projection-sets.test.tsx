import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { answering } from "@/lib/test-server";
import { ProjectionSets } from "./projection-sets";

const READ = {
  upload_id: 4, projection_set: { id: 8, name: "mine.csv" }, rows: 2, header: { points: "Proj", name: "Player" }, ignored_columns: ["Median"],
  unmatched: [{ row: 3, name: "Who Ever" }],
  notes: ["there is no column 'Blend', by which points was last read: 'Proj' was read instead"], unprojected: 0, with_sd: 0, with_quantiles: 0,
};

test("what was read of a file is told, and other columns of it may be read", async () => {
  const asked = answering({
    "GET /api/slates/1/projection-sets": () => ({ body: [] }),
    "POST /api/slates/1/projections": () => ({ status: 201, body: READ }),
  });
  const onChoose = vi.fn();
  render(<QueryClientProvider client={new QueryClient()}><ProjectionSets slateId={1} chosen={null} onChoose={onChoose} /></QueryClientProvider>);
  await userEvent.upload(screen.getByLabelText("Own projections"), new File(["Player,Proj,Median\nA,1,2\n"], "mine.csv", { type: "text/csv" }));
  expect(await screen.findByText(/points from the column “Proj”/)).toBeInTheDocument();
  expect(screen.getByText(/no column 'Blend'.*'Proj' was read instead/)).toBeInTheDocument();
  expect(screen.getByText(/1 row was left out/)).toBeInTheDocument();
  expect(within(screen.getByRole("list", { name: "Left out" })).getByRole("listitem")).toHaveTextContent("Row 3: Who Ever");
  await userEvent.click(screen.getByRole("button", { name: "Read other columns" }));
  expect(await screen.findByLabelText("Column of points")).toHaveValue("Proj");
  await userEvent.selectOptions(screen.getByLabelText("Column of points"), "Median");
  await userEvent.click(screen.getByRole("button", { name: "Read it so" }));
  expect(onChoose).toHaveBeenCalledTimes(2);
  expect(asked.filter((one) => one.method === "POST")).toHaveLength(2);
});
