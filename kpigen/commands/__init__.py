"""One module a command (or family): the only place that reads the command line, writes files and prints."""
