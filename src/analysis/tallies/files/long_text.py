"""Long text files without quotes, split into columns by Arrow.

The csv module makes an object of every cell. In a file of a hundred thousand rows most cells say what others
say too; Arrow finds the different texts of a column while it reads, in less time than the csv module takes to
read. What the two make of a text is the same: a test tries it with any text.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from analysis.tallies.files.records import LONGEST, Records, Texts


def split_evenly(text: str, delimiter: str) -> Records | None:
    """Split a text in which no cell is quoted or very long and all lines have as many cells, two or more.

    Returns
    -------
    Records or None
        None for any other text.
    """
    width = text[: text.find("\n") + 1 or None].count(delimiter) + 1
    if width == 1 or '"' in text or "\ufeff" in text:
        return None
    names = [f"{at}" for at in range(width)]
    kind = pa.dictionary(pa.int32(), pa.string())
    data = text.encode()
    try:
        table = pyarrow.csv.read_csv(
            pa.BufferReader(data),
            pyarrow.csv.ReadOptions(use_threads=False, block_size=len(data) + 1, column_names=names),
            pyarrow.csv.ParseOptions(
                delimiter=delimiter, quote_char=False, double_quote=False, ignore_empty_lines=False
            ),
            pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, kind), null_values=[], strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    columns = [column.combine_chunks() for column in table.columns]
    if max(pc.max(pc.utf8_length(column.dictionary)).as_py() for column in columns) > LONGEST:
        return None
    texts = [
        Texts(column.dictionary.to_pylist(), column.indices.to_numpy().astype(np.int64)) for column in columns
    ]
    records = Records(texts, np.full(len(table), width, dtype=np.int64))
    # An empty line has no cells, and Arrow makes it one of empty cells.
    return records if records.filled() == len(records) else None
