"""The addresses that segments of an upload are put to: beside the API, and without a bearer."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub.sandboxes.procore.problem import Problem
from hub.sandboxes.procore.records import Records
from hub.sandboxes.procore.resources.uploads import SEGMENT_PATH, put_segment


def segment_route(records: Records) -> Route:
    async def put(request: Request) -> Response:
        upload_id, number = request.path_params["upload_id"], request.path_params["number"]
        body = await request.body()
        try:
            with records.store.transaction():
                tag = put_segment(records, upload_id, number, body)
        except Problem as problem:
            return JSONResponse(problem.body, problem.status)
        return Response(headers={"ETag": tag})

    path = SEGMENT_PATH.format(upload_id="{upload_id:int}", number="{number:int}")
    return Route(path, put, methods=["PUT"])
