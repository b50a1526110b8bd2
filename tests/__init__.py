"""Tests. The support modules' own assertions say what differed, as those in tests do."""

import pytest

pytest.register_assert_rewrite("tests.support")
