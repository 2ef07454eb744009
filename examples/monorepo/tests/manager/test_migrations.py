"""The migrations lead from nothing to the tables that the code expects, and back."""

import json
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from acme.manager import __version__
from acme.manager.models import Base
from acme.manager.schema import dump_history


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "kiln.db"


@pytest.fixture
def config(database: Path) -> Config:
    config = Config("alembic.ini")
    config.set_main_option("sqlalchemy.url", f"sqlite+aiosqlite:///{database}")
    return config


def test_there_is_one_head(config: Config) -> None:
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_up_and_down(config: Config, database: Path) -> None:
    engine = create_engine(f"sqlite:///{database}")
    command.upgrade(config, "head")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]


def test_dump_history() -> None:
    history = json.loads(dump_history(Path("alembic.ini")))
    assert history["manager_version"] == __version__
    newest, *_, oldest = history["revisions"]
    assert newest["is_head"]
    assert oldest["down_revision"] is None
    merges = [r for r in history["revisions"] if r["is_merge_point"]]
    assert {r["down_revision"].count(", ") + 1 for r in merges} == {2, 3}
