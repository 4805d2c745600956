"""The table of tallies that leaves this room."""

import pandera.pandas as pa

from analysis.tallies.values import QUALIFIERS

TALLIES = pa.DataFrameSchema(
    {
        "area_code": pa.Column(str, description="code of the area, valid on the date"),
        "date": pa.Column("datetime64[us]", description="day, in the campaign's zone"),
        "measure": pa.Column(str, description="what was counted: the code of one of the campaign's measures"),
        "value": pa.Column(float, nullable=True, description="persons or papers; percent for a rate"),
        "qualifier": pa.Column(str, pa.Check.isin(QUALIFIERS), description="how the value was worded"),
        "received_at": pa.Column("datetime64[us, UTC]", nullable=True, description="when the file arrived"),
        "file": pa.Column(str, description="name of the file"),
        "sheet": pa.Column(str, nullable=True, description="name of the sheet; empty for text files"),
        "row": pa.Column("int64", pa.Check.ge(1), description="record number in the sheet, from 1"),
        "sha256": pa.Column(str, description="SHA-256 of the file's bytes"),
    },
    strict=True,
)
"""The table of tallies; ``value`` is empty exactly where ``qualifier`` is ``missing``."""
