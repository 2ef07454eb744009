"""Files that a finished job leaves behind, compressed, in an S3 bucket."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import boto3
import zstandard

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def connect(endpoint: str | None = None) -> S3Client:
    """The account and region come from the usual places that boto3 looks at."""
    return boto3.client("s3", endpoint_url=endpoint)


def pack(directory: Path) -> bytes:
    """A compressed archive that is the same for the same files, whenever they were written."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path in sorted(p for p in directory.rglob("*") if p.is_file()):
            entry = tarfile.TarInfo(path.relative_to(directory).as_posix())
            entry.size = path.stat().st_size
            with path.open("rb") as content:
                archive.addfile(entry, content)
    return zstandard.compress(buffer.getvalue())


def unpack(packed: bytes, directory: Path) -> list[str]:
    """The names of the files that were written."""
    with tarfile.open(fileobj=io.BytesIO(zstandard.decompress(packed))) as archive:
        archive.extractall(directory, filter="data")
        return archive.getnames()


class ArtefactStore:
    def __init__(self, s3: S3Client, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def save(self, job_id: UUID, directory: Path) -> int:
        """Returns the stored size in bytes."""
        packed = pack(directory)
        self._s3.put_object(
            Bucket=self._bucket, Key=self._key(job_id), Body=packed, ContentType="application/zstd"
        )
        return len(packed)

    def load(self, job_id: UUID, directory: Path) -> list[str]:
        answer = self._s3.get_object(Bucket=self._bucket, Key=self._key(job_id))
        return unpack(answer["Body"].read(), directory)

    @staticmethod
    def _key(job_id: UUID) -> str:
        return f"jobs/{job_id}/artefacts.tar.zst"
