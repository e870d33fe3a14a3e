"""What leaves the repository, in forms that other programs read.

`formats` lists what the export command can write; `contents` puts together what is
exported, in words of `model`; `datapackage`, `excel`, `stata` and `parquet` each write
it their way; `whole` sees to it that an export is complete or not there at all.
"""
