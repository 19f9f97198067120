"""`python -m kpigen`."""

from kpigen.cli import main

main()
