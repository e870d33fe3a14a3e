"""The dataset in the formats of other programs.

`formats` lists what the export command can write; `collect` puts together what is exported, as
tables of `table_model`; `datapackage`, `excel`, `stata` and `parquet` each write it their way.
"""
