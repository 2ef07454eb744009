"""What handlers find in the application."""

from aiohttp import web

from acme.manager.config import ManagerConfig
from acme.manager.repository import JobRepository

CONFIG = web.AppKey("CONFIG", ManagerConfig)
REPOSITORY = web.AppKey("REPOSITORY", JobRepository)
