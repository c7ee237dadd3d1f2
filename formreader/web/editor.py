"""The template editor's addresses: what the browser asks for is handed to the editing, and its answer back."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from formreader.errors import FormreaderError
from formreader.web.answers import asked, refusal, told
from formreader.web.editing import Editing


def editor_routes(editing: Editing) -> list[Route]:
    """Every address of the template editor, below /."""

    def picture(request: Request) -> Response:
        try:
            return Response(editing.picture(request.path_params["page"]), media_type="image/jpeg")
        except FormreaderError as error:
            return refusal(str(error), 404)

    return [
        asked("/api/start", lambda _: editing.start()),
        asked("/api/page/{page:int}", lambda request: editing.page(request.path_params["page"])),
        told("/api/check", editing.check),
        told("/api/find", editing.find),
        told("/api/try", editing.try_out),
        told("/api/save", editing.save),
        Route("/picture/{page:int}", picture, methods=["GET"]),
    ]
