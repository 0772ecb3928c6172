import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test, vi } from "vitest";
import { ApiError } from "@/api/client";
import { ColumnMapping, columnsOf, lacksColumns } from "./column-mapping";

test("columns are read off the first row, whatever parts them", () => {
  expect(columnsOf('\uFEFF"Who","Base",\r\nA,1,\r\n')).toEqual(["Who", "Base"]);
  expect(columnsOf("Who;Base, raw;Best\nA;1;2")).toEqual(["Who", "Base, raw", "Best"]);
});

test("only a file whose columns were not recognised asks for them", () => {
  const refused = (message: string) => new ApiError(422, "bad_input", "no", [{ message, row: 1, column: "points" }]);
  expect(lacksColumns(refused("there is no column of points: name one `points`"))).toBe(true);
  expect(lacksColumns(refused("'lots' is not a number"))).toBe(false);
  expect(lacksColumns(new Error("offline"))).toBe(false);
});

test("the user says which column is which", async () => {
  const onChoose = vi.fn();
  render(<ColumnMapping columns={["Who", "Base", "Best"]} busy={false} onChoose={onChoose} />);
  await userEvent.selectOptions(screen.getByLabelText("Column of points"), "Best");
  await userEvent.click(screen.getByRole("button", { name: "Read it so" }));
  expect(onChoose).toHaveBeenCalledWith({ name: "Who", points: "Best" });
});
