"""What a command works with: the platform, its database and, where the web app is needed, somebody to act for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

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

API = "backend-api"


@dataclass(frozen=True)
class Workplace:
    """A platform in which the processes asked for run; `user_id` and `account` are set where the API is one of them."""

    home: Home
    settings: Settings
    platform: Platform
    engine: Engine
    reporter: Reporter
    user_id: int | None
    account: Account

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
            NotFound: The API does not run here.
        """
        if self.platform.address is None or self.user_id is None:
            raise NotFound("the web app does not run in this session: start everything with `sdp up`")
        with signed_in(self.engine, self.platform.address, self.user_id) as client:
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
            user_id, account = None, Account(None, None)
            if platform.address is not None and (names is None or API in names):
                client = Client(platform.address).wait_ready(lambda: check_alive(home, API))
                account = ensure_account(home, client)
                user_id = _acting_user(engine, platform.address)
            yield Workplace(home, configured, platform, engine, reporter, user_id, account)
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
