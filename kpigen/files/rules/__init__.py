"""Rule files: reading them (`form`, `indicator`, `inputs`, `layout`, `origins`), their scoring part, and which one is in force (`book`)."""
