"""One file → one record: reviews, rule files, roster, settings, and their formats as JSON Schema.

Each reader takes bytes and gives a record with findings; files are not compared with each other here.
"""
