"""Show a built site on this machine only."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LOOPBACK = "127.0.0.1"


class _Quiet(SimpleHTTPRequestHandler):
    """A handler that prints no line for every request."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing; the name is the base class's."""


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """Return a server of a folder's files, bound to this machine's own address.

    Parameters
    ----------
    folder : Path
        What to show.
    port : int
        Where; 0 for any port that is free.

    Returns
    -------
    ThreadingHTTPServer
        Not yet serving; ``server_address`` says on which port it will.

    Raises
    ------
    OSError
        If the port is taken.
    """
    return ThreadingHTTPServer((LOOPBACK, port), partial(_Quiet, directory=str(folder)))
