"""Pages as the product runs them, for intruders, too."""

from tests.pages.conftest import open_page

__all__ = ["open_page"]
