"""Rule files: reading them (`form`, `indicator`, `inputs`, `layout`, `origins`), their scoring part, and the one in force (`book`)."""
