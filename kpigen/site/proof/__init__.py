"""PDFs that prove themselves: what a PDF carries, how it is printed from that, and the three questions that can be asked of it."""
