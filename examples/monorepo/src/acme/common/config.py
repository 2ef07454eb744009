"""Configuration files: YAML with `${VARIABLE}` and `${VARIABLE:-default}`, checked by a model."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

ModelT = TypeVar("ModelT", bound=BaseModel)

_REFERENCE = re.compile(r"\$\{(?P<name>[A-Za-z_]\w*)(?::-(?P<default>[^}]*))?\}")


class ConfigError(Exception):
    """The configuration cannot be used; the message says what to change."""


def expand(text: str, variables: Mapping[str, str] | None = None) -> str:
    """Replace references to environment variables.

    Raises:
        ConfigError: a variable is not set and the reference has no default.
    """
    known = os.environ if variables is None else variables

    def replace(match: re.Match[str]) -> str:
        value = known.get(match["name"], match["default"])
        if value is None:
            raise ConfigError(f"{match[0]}: the environment variable is not set")
        return value

    return _REFERENCE.sub(replace, text)


def load(path: Path, model: type[ModelT]) -> ModelT:
    """Read a configuration file.

    Raises:
        ConfigError: the file is missing, is not YAML, or does not fit the model.
    """
    try:
        raw = yaml.safe_load(expand(path.read_text())) or {}
        return model.model_validate(raw)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not YAML: {error}") from error
    except ValidationError as error:
        lines = (f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigError(f"{path}: " + "; ".join(lines)) from error
