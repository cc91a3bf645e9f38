"""Uploads of files: announced with their segments, put to addresses of their own, and completed."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from hub.sandboxes.procore.call import Call, answer
from hub.sandboxes.procore.envelope import V2
from hub.sandboxes.procore.problem import Problem, bad_request, not_found, unprocessable
from hub.sandboxes.procore.records import Record, Records, stamp
from hub.sandboxes.procore.resource import COMPANY, PROJECT
from hub.sandboxes.procore.resources.shown import without

UPLOAD = "upload"
LARGEST, SMALLEST = 100 * 1024 * 1024, 5 * 1024 * 1024  # of a segment; the last one may be smaller
KEPT_HOURS, OPEN_HOURS = 24, 1
READY, RECEIVING, COMPLETE, AVAILABLE = "ready", "receiving", "complete", "available"
NEEDED = ("file_name", "file_size", "content_type", "segments")
SEGMENT_PATH = "/uploads/{upload_id}/segments/{number}"


def create(call: Call) -> Response:
    _check_scope(call)
    missing = [name for name in NEEDED if call.fields.get(name) in (None, "")]
    if missing:
        raise unprocessable({name: ["can't be blank"] for name in missing})
    segments = _segments(call.fields["segments"], call.fields["file_size"])
    upload = {"status": READY, "sha256": call.fields.get("sha256"), "segments": segments} | {
        name: call.fields[name] for name in NEEDED if name != "segments"
    }
    return answer(V2.wrap(_view(call.records.add(UPLOAD, call.company_id, upload), call)), 201)


def show(call: Call) -> Response:
    """A file that was put together is there the next time that somebody looks."""
    upload = _found(call)
    shown = _view(upload, call)
    if upload["status"] == COMPLETE:
        call.records.save(UPLOAD, upload | {"status": AVAILABLE})
    return answer(V2.wrap(shown))


def complete(call: Call) -> Response:
    """The tags that the segments' addresses answered with, in order."""
    upload, tags = _found(call), call.fields.get("part_etags")
    if not isinstance(tags, list):
        raise bad_request("part_etags must be a list")
    if tags != [segment["etag"] for segment in upload["segments"]]:
        raise unprocessable({"part_etags": ["do not match the segments that were received"]})
    return answer(V2.wrap(_view(call.records.save(UPLOAD, upload | {"status": COMPLETE}), call)))


def put_segment(records: Records, upload_id: int, number: int, body: bytes) -> str:
    """What an address takes: its own segment, byte for byte. The tag that the upload is completed with."""
    upload = records.get(UPLOAD, upload_id)
    if upload is None or not 1 <= number <= len(upload["segments"]) or _is_late(upload, records):
        raise not_found()
    segment = upload["segments"][number - 1]
    wrong = segment["sha256"] not in (None, hashlib.sha256(body).hexdigest())
    if len(body) != segment["size"] or wrong:
        raise Problem(400, {"message": "The content does not match what was announced"})
    segment["etag"] = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
    records.save(UPLOAD, upload | {"status": RECEIVING})
    return str(segment["etag"])


def _segments(given: Any, file_size: Any) -> list[Record]:
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
        raise unprocessable({"segments": ["must be a list of objects"]})
    sizes = [one.get("size") for one in given]
    if not all(type(size) is int and 0 < size <= LARGEST for size in sizes) or sum(sizes) != file_size:
        raise unprocessable({"segments": ["must have sizes that add up to file_size, at most 100 MiB each"]})
    if any(size <= SMALLEST for size in sizes[:-1]):
        raise unprocessable({"segments": ["must be larger than 5 MiB, save the last one"]})
    return [{"size": one["size"], "sha256": one.get("sha256"), "etag": None} for one in given]


def _view(upload: Record, call: Call) -> Record:
    base = str(call.request.base_url).rstrip("/")
    ends = datetime.fromisoformat(upload["created_at"]) + timedelta(hours=OPEN_HOURS)
    segments = [
        {
            "url": base + SEGMENT_PATH.format(upload_id=upload["id"], number=number),
            "url_expires_at": stamp(ends),
            "headers": {"Content-Type": upload["content_type"]},
        }
        for number, _ in enumerate(upload["segments"], start=1)
    ]
    return without(upload, "segments") | {"upload_id": str(upload["id"]), "segments": segments}


def _found(call: Call) -> Record:
    """What nobody attached to anything is gone after a day."""
    _check_scope(call)
    upload = call.records.get(UPLOAD, call.path_id(), call.company_id)
    if upload is None or _age(upload, call.records) >= timedelta(hours=KEPT_HOURS):
        raise not_found()
    return upload


def _check_scope(call: Call) -> None:
    call.scope_id(PROJECT if "project_id" in call.request.path_params else COMPANY)


def _age(upload: Record, records: Records) -> timedelta:
    return records.clock.now() - datetime.fromisoformat(upload["created_at"])


def _is_late(upload: Record, records: Records) -> bool:
    return _age(upload, records) >= timedelta(hours=OPEN_HOURS)


UPLOAD_OPERATIONS = {
    path: methods
    for base in (
        "/rest/v2.1/companies/{company_id}",
        "/rest/v2.1/companies/{company_id}/projects/{project_id}",
    )
    for path, methods in (
        (f"{base}/uploads", {"POST": create}),
        (f"{base}/uploads/{{id}}", {"GET": show, "PATCH": complete}),
    )
}
