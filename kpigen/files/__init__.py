"""Readers that turn one file into one record: reviews, rule files, roster, settings; also their JSON Schemas.

Each reader takes bytes and returns a record with findings. `rules/book` puts the versions of all forms together; otherwise
files are not compared with each other here.
"""
