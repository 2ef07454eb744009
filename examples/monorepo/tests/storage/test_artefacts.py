import io
from pathlib import Path
from uuid import UUID

import boto3
import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from acme.storage.artefacts import ArtefactStore, pack, unpack

JOB = UUID(int=7)
KEY = f"jobs/{JOB}/artefacts.tar.zst"


@pytest.fixture
def results(tmp_path: Path) -> Path:
    directory = tmp_path / "results"
    (directory / "logs").mkdir(parents=True)
    (directory / "model.bin").write_bytes(bytes(100_000))
    (directory / "logs/train.log").write_text("loss 0.1\n")
    return directory


def test_pack_and_unpack(results: Path, tmp_path: Path) -> None:
    packed = pack(results)
    assert len(packed) < 1000
    assert packed == pack(results)
    assert unpack(packed, tmp_path / "out") == ["logs/train.log", "model.bin"]
    assert (tmp_path / "out/logs/train.log").read_text() == "loss 0.1\n"


def test_store(results: Path, tmp_path: Path) -> None:
    s3 = boto3.client(
        "s3", region_name="eu-north-1", aws_access_key_id="id", aws_secret_access_key="secret"
    )
    packed = pack(results)
    store = ArtefactStore(s3, "kiln")
    with Stubber(s3) as stub:
        stub.add_response(
            "put_object",
            {},
            {"Bucket": "kiln", "Key": KEY, "Body": packed, "ContentType": ANY},
        )
        assert store.save(JOB, results) == len(packed)
        body = StreamingBody(io.BytesIO(packed), len(packed))
        stub.add_response("get_object", {"Body": body}, {"Bucket": "kiln", "Key": KEY})
        assert store.load(JOB, tmp_path / "out") == ["logs/train.log", "model.bin"]
