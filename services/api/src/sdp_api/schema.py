"""What all answers and requests of the API share."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict


class Answer(BaseModel):
    """Something the API says; read from objects as well as from mappings."""

    model_config = ConfigDict(frozen=True, from_attributes=True, json_schema_serialization_defaults_required=True)


class Request(BaseModel):
    """Something the API is asked; unknown fields are refused, so that a misspelt one is not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Problem(Answer):
    """One fault in what was sent: `row` is the 1-based line of a file, `column` the name of a column or field."""

    message: str
    row: int | None = None
    column: str | None = None


class ErrorBody(Answer):
    """What every refusal looks like.

    `code` is for programs and never changes meaning, `message` is for the person, `problems` names each fault of
    the input, `rules` those that clash where no answer exists.
    """

    code: str
    message: str
    problems: tuple[Problem, ...] = ()
    rules: tuple[str, ...] = ()


Limit = Annotated[int, Query(ge=1, le=200, description="at most this many items")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="skip this many items")]
