"""Statistical tables: what officials write for people to read, as one record for each figure.

Here: the grid of a sheet (grid.py), its tables (blocks.py), what header cells and labels say (words.py, labels.py,
periods.py, values.py), how a layout of catalog/statistical_layouts.yaml fits (fitting.py), records (records.py), the
reader (reader.py).
Not here: the files and cells of workbooks (workbook_xml.py and others), what an indicator is (macro.indicator).
"""
