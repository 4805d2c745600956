"""Where a public drive toward a target stands, whether what it tried worked, and whether it will make it.

The rooms, lowest floor first; each knows only those before it:

``campaign``
    the facts of one drive, loaded from its folder and validated;
``workbook``
    workbooks to text, in a process of its own
``tallies``, ``panel``
    from the files teams send to one trusted area x date table;
``compare``, ``forecast``
    what mobilising changed; when the target will be met;
``report``
    words, figures and tables in every form a reader asks for;
``run``
    the notebooks in order, published whole or not at all;
``cli``
    the front door.
"""
