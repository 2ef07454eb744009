import os
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from acme.common.config import ConfigError, expand, load


class Endpoint(BaseModel):
    model_config = ConfigDict(extra="forbid")

    host: str
    port: int


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("${HOST}:80", "kiln.example:80"),
        ("${PORT:-8070}", "8070"),
        ("${HOST:-ignored}", "kiln.example"),
        ("${EMPTY:-}", ""),
    ],
)
def test_expand(text: str, expected: str) -> None:
    assert expand(text, {"HOST": "kiln.example"}) == expected


def test_expand_reads_the_environment() -> None:
    """Run with `--test-extra-env-vars=MYVARIABLE=…`: Pants hides the developer's environment."""
    if "MYVARIABLE" not in os.environ:
        with pytest.raises(ConfigError, match="MYVARIABLE"):
            expand("${MYVARIABLE}")
    else:
        assert expand("<${MYVARIABLE}>") == f"<{os.environ['MYVARIABLE']}>"


def test_the_time_zone_of_all_tests_is_utc() -> None:
    assert expand("${TZ}") == "UTC"


def test_load(tmp_path: Path) -> None:
    path = tmp_path / "endpoint.yaml"
    path.write_text("host: kiln.example\nport: ${KILN_TEST_PORT:-8070}\n")
    assert load(path, Endpoint) == Endpoint(host="kiln.example", port=8070)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("port: 1\n", "host: Field required"),
        ("host: a\nport: 1\npot: 2\n", "pot: Extra inputs are not permitted"),
        ("host: [", "not YAML"),
        ("host: ${KILN_NO_SUCH_VARIABLE}", "the environment variable is not set"),
    ],
)
def test_load_explains_what_is_wrong(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "endpoint.yaml"
    path.write_text(content)
    with pytest.raises(ConfigError, match=message):
        load(path, Endpoint)


def test_load_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load(tmp_path / "none.yaml", Endpoint)
