"""`python -m xinheng` is the `xinheng` command."""

from xinheng.cli.main import main

main()
