"""Readers that turn one file into one record: reviews, rule files, roster, settings; also their JSON Schemas.

Each reader takes bytes and returns a record with findings. Files are not compared with each other here.
"""
