"""What strangers and members might try, tried. Each module has `run() -> str` for `make security`."""
