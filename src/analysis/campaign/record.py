"""What every fact of a campaign is: strict and frozen."""

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """Strict and frozen: an unknown key or a value of another type is an error, never a guess."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")
