"""What lines of documents have in common."""

import uuid

from sqlmodel import Field

from db.base import AccountRow


class CodedLine(AccountRow):
    """A line of a document, in its place, on a cost code and a cost type of the ERP."""

    origin_id: str = Field(max_length=64, description="The line's id on the side it was read from.")
    line_number: int = Field(description="Position, from 1.")
    cost_code_id: uuid.UUID | None = Field(
        default=None, description="The ERP's cost code; null where the line stands on none."
    )
    cost_type_id: uuid.UUID | None = Field(
        default=None, description="The ERP's cost type; null where the line has none."
    )
    cost_code_text: str | None = Field(
        default=None, max_length=400, description="The code as it is written where the line was read."
    )
