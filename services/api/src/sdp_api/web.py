"""The built web app: its files, and its first page for every address that is the app's own."""

from pathlib import Path, PurePosixPath

from sdp_common.errors import Misconfigured
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_FOREVER = "public, max-age=31536000, immutable"


class WebApp(StaticFiles):
    """Serves the folder that `vite build` wrote.

    Raises:
        Misconfigured: There is no `index.html` in it.
    """

    def __init__(self, folder: Path) -> None:
        if not (folder / "index.html").is_file():
            raise Misconfigured(f"SDP_WEB_DIR: there is no built web app in {folder}: build it, or unset it")
        super().__init__(directory=folder)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file, or with the first page where the address is one of the app's."""
        parts = PurePosixPath(path).parts
        if parts[:1] == ("api",):
            raise HTTPException(404, "there is no such endpoint")
        try:
            response = await super().get_response("index.html" if not parts else path, scope)
        except HTTPException as error:
            if error.status_code != 404 or PurePosixPath(path).suffix or parts[:1] == ("assets",):
                raise
            response = await super().get_response("index.html", scope)
        # what vite writes below assets/ carries its own hash in its name; the rest must be asked for each time
        response.headers["Cache-Control"] = _FOREVER if parts[:1] == ("assets",) else "no-cache"
        return response
