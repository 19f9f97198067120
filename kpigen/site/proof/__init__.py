"""Verifiable PDFs: what a PDF carries, how it is printed from that, and the three questions that `verify` answers."""
