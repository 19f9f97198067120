"""The live preview: the site from memory, as the files are saved."""
