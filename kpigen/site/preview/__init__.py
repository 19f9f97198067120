"""The live preview: the site, served from memory and updated whenever a file is saved."""
