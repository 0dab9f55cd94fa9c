"""Pages as the product runs them, for intruders, too."""

from tests.pages.conftest import one_scan, open_page

__all__ = ["one_scan", "open_page"]
