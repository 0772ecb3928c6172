"""What a command works with: the platform, its database and, where the web app is needed, somebody to act for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sdp_common.db.session import make_engine
from sdp_common.errors import Conflict, NotFound
from sdp_common.settings import Settings, settings
from sqlalchemy import Engine

from sdp_cli.account import Account, ensure_account
from sdp_cli.client import Client, first_admin, signed_in
from sdp_cli.console import Reporter
from sdp_cli.home import Home, open_home
from sdp_cli.pipeline import Pipeline
from sdp_cli.platform import Platform, check_alive, running
from sdp_cli.state import load_state

API = "backend-api"


@dataclass
class Workplace:
    """A platform in which the processes asked for run; `user_id` and `account` are known after `sign_in`."""

    home: Home
    settings: Settings
    platform: Platform
    engine: Engine
    reporter: Reporter
    user_id: int | None = None
    account: Account = field(default_factory=lambda: Account(None, None))

    def address(self) -> str:
        """Return where the web app is now.

        Raises:
            NotFound: It does not run here.
        """
        state = load_state(self.home.state)
        if state is None or state.address is None:
            raise NotFound("the web app does not run in this session: start everything with `sdp up`")
        return state.address

    def sign_in(self) -> int:
        """Return the administrator we act for, created through the web app's first-run door where there is none.

        The web app is waited for here and not before: what needs nobody's name need not wait for it.

        Raises:
            NotFound: The API does not run here.
            Conflict: Another web app answers at its address.
        """
        if self.user_id is None:
            client = Client(self.address).wait_ready(lambda: check_alive(self.home, API))
            self.account = ensure_account(self.home, client)
            self.user_id = _acting_user(self.engine, self.address())
        return self.user_id

    def pipeline(self, *, keep: bool = False) -> Pipeline:
        """Return a pipeline that reports to the terminal."""
        return Pipeline(
            self.engine,
            self.user_id,
            keep=keep,
            on_progress=self.reporter.progress,
            on_done=self.reporter.done,
            watch=self.watch,
        )

    def watch(self, service: str) -> None:
        """Check that waiting for a service is not in vain.

        Raises:
            Retriable: As of `platform.check_alive`.
        """
        check_alive(self.home, service)

    @contextmanager
    def client(self) -> Iterator[Client]:
        """Give a client of the API that acts for our user.

        Raises:
            PlatformError: As of `sign_in`.
        """
        user_id = self.sign_in()
        with signed_in(self.engine, self.address, user_id) as client:
            yield client


@contextmanager
def workplace(names: Sequence[str] | None, *, port: int | None = None) -> Iterator[Workplace]:
    """Give a workplace; the processes named (all where None) are started for as long as it lasts, unless they run.

    Raises:
        PlatformError: As of `platform.running`.
    """
    home, configured, reporter = open_home(), settings(), Reporter()
    with running(home, configured, names, tell=reporter.say, port=port) as platform:
        engine = make_engine(platform.url, application="sdp command")
        try:
            yield Workplace(home, configured, platform, engine, reporter)
        finally:
            reporter.clear()
            engine.dispose()


def _acting_user(engine: Engine, address: str) -> int:
    """Return whom we act for.

    Raises:
        Conflict: Whoever answers at the address has accounts, our database has none.
    """
    try:
        return first_admin(engine)
    except NotFound as error:
        raise Conflict(
            f"another web app answers at {address}, not the one of this database: choose another port (SDP_API_PORT)"
        ) from error
