"""A Spark session for the tests of a module."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def spark(tmp_path_factory) -> Iterator[Any]:
    """Spark on two processors; skips without Java or pyspark.

    INVESTIGATE_REQUIRE_SPARK=1, which continuous integration sets, turns the skip into a failure.
    """
    unusable = pytest.fail if os.environ.get("INVESTIGATE_REQUIRE_SPARK") == "1" else pytest.skip
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        unusable("no Java here (Debian: openjdk-17-jre-headless)")
    try:
        import pyspark  # noqa: F401
    except ImportError:
        unusable("pyspark is not installed (pip install 'investigate[spark]')")
    from investigate.engines.spark import session

    few = {"spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2"}
    with session(tmp_path_factory.mktemp("spark"), "local[2]", few, "1g") as opened:
        yield opened
