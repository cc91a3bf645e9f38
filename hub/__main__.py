"""`python -m hub`: the command line."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from hub.access.rotation import Rotated

cli = typer.Typer(
    help="The ERP integration hub.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
CONTRACT = Path(__file__).parent.parent / "graphql" / "schema.graphql"
_MOMENT = "%Y-%m-%dT%H:%M:%S.%f"
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1.")]


@cli.command()
def serve(port: Port = 8000) -> None:
    """Serve the API."""
    import uvicorn

    from hub import logs
    from hub.app import create_app
    from hub.settings import settings

    logs.configure()
    uvicorn.run(
        create_app(settings()),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        log_config=None,  # its records take the way of ours
        access_log=False,
    )


@cli.command()
def worker() -> None:
    """Run background jobs."""
    from importlib import import_module

    from hub.handlers import FAILURES, HANDLERS
    from hub.settings import settings

    run_worker = import_module("jobs.worker").run_worker  # the one door from here to what runs the hub
    asyncio.run(run_worker(settings(), HANDLERS, FAILURES))


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema, and what connections keep of their systems to this version of the hub."""
    from hub import migrate as migration
    from hub.settings import settings
    from hub.sync.refreshing import refresh_all

    asyncio.run(migration.upgrade(settings()))
    for left in asyncio.run(refresh_all(settings())).left:
        typer.echo(f"not refreshed: {left}", err=True)


@cli.command("connect")
def connect_system(
    name: Annotated[str, typer.Option(help="How people call the system: Procore.")],
    account: Annotated[str | None, typer.Option(help="Id or name of the account.")] = None,
    new_account: Annotated[
        str | None, typer.Option(help="Name of an account that is opened where there is none of it yet.")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="procore, mri or reference.")] = None,
    url: Annotated[
        str | None, typer.Option(help="Where it answers; left out where the settings name an environment.")
    ] = None,
    settings: Annotated[
        str | None,
        typer.Option(help="All its settings as JSON, or a file of them; they replace those it had."),
    ] = None,
    credentials: Annotated[
        str | None, typer.Option(help="A file with its credentials as JSON, or - for standard input.")
    ] = None,
    authorize_url: Annotated[
        bool, typer.Option("--authorize-url", help="Print the page on which a person lets the hub in.")
    ] = False,
    sign_in: Annotated[
        str | None, typer.Option(help="The code that this page gave, or - for standard input.")
    ] = None,
    redirect_uri: Annotated[
        str, typer.Option(help="Where the page leads; registered with the application.")
    ] = "urn:ietf:wg:oauth:2.0:oob",
    currency: Annotated[str, typer.Option(help="Of a new account.")] = "USD",
    time_zone: Annotated[str, typer.Option(help="Of a new account.")] = "America/New_York",
) -> None:
    """Connect an account to a system, or change its connection, and test it. What is left out stays as it is."""
    from hub import console
    from hub.settings import settings as known

    if (account is None) == (new_account is None):
        raise typer.BadParameter("give one of --account and --new-account")
    asked = console.Asked(
        account=account or new_account or "",
        new_account=new_account is not None,
        currency=currency,
        time_zone=time_zone,
        name=name,
        kind=kind,
        url=url,
        settings=settings,
        credentials=credentials,
        redirect_uri=redirect_uri,
        authorize_url=authorize_url,
        code=sign_in,
    )
    raise typer.Exit(console.run(known, lambda operator: operator.connect(asked)))


@cli.command()
def connections() -> None:
    """List the connections of all accounts."""
    from hub import console
    from hub.settings import settings

    raise typer.Exit(console.run(settings, lambda operator: operator.connections()))


@cli.command()
def key(
    account: Annotated[str, typer.Option(help="Id or name of the account.")],
    member: Annotated[str, typer.Option(help="Id, address or name of the member.")],
    label: Annotated[str, typer.Option(help="What the key is for.")] = "command line",
    administrator: Annotated[
        bool,
        typer.Option("--administrator", help="Make the member, with Admin on ERP Integrations, if need be."),
    ] = False,
) -> None:
    """Issue a key to a member and print it, once."""
    from hub import console
    from hub.settings import settings

    raise typer.Exit(
        console.run(
            settings, lambda operator: operator.key(account, member, label, administrator=administrator)
        )
    )


@cli.command("rotate-keys")
def rotate_keys(
    data_keys: Annotated[
        bool, typer.Option("--data-keys", help="Also make new data keys and seal all anew.")
    ] = False,
    before: Annotated[
        datetime | None,
        typer.Option(
            formats=[_MOMENT], help="UTC; goes on with a run that was stopped: newer data keys stay."
        ),
    ] = None,
) -> None:
    """Wrap all data keys under the current key-encryption key, while everybody works.

    Before: give every process the new key second in HUB_SEALING_KEYS, then put it first and restart. After: remove the old one.
    """
    from db.clock import now
    from hub.access.rotation import rotate
    from hub.settings import settings

    moment = before.replace(tzinfo=UTC) if before else now()
    if data_keys:
        typer.echo(f"if this is stopped, go on with: --data-keys --before {moment:{_MOMENT}}")
    done = asyncio.run(rotate(settings(), data_keys=data_keys, before=moment, tell=_tell_rotated))
    typer.echo(f"done: {done}")
    if done.unreadable:
        raise typer.Exit(1)


def _tell_rotated(done: "Rotated") -> None:
    if done.accounts % 100 == 0:
        typer.echo(f"{done}")


@cli.command()
def migration(message: Annotated[str, typer.Argument(help="What it does: add tax codes.")]) -> None:
    """Draft a migration: what the models say and the migrations do not make yet."""
    asyncio.run(_draft(message))


async def _draft(message: str) -> None:
    from tempfile import TemporaryDirectory

    from hub import migrate as migrations
    from hub.embedded.local import local_services

    with TemporaryDirectory() as folder:
        async with local_services(Path(folder), durable=False) as services:
            await migrations.draft(services.database_url, message)


@cli.command()
def schema() -> None:
    """Print the contract into graphql/schema.graphql, and its codes into graphql/README.md."""
    from hub import printed
    from hub.api.schema import sdl

    CONTRACT.write_text(sdl())
    _wrote(CONTRACT, *printed.put(printed.codes()))


@cli.command()
def mappings() -> None:
    """Print each connector's tables into its README."""
    from hub import printed

    _wrote(*printed.put(printed.mappings()))


@cli.command()
def permissions() -> None:
    """Print what each action asks for into hub/access/README.md."""
    from hub import printed

    _wrote(*printed.put(printed.permissions()))


@cli.command("settings")
def print_settings() -> None:
    """Print the table of settings into README.md."""
    from hub import printed

    _wrote(*printed.put(printed.settings()))


def _wrote(*paths: Path) -> None:
    for path in paths:
        typer.echo(f"wrote {path.relative_to(CONTRACT.parent.parent)}")


@cli.command()
def sandbox(
    system: Annotated[str, typer.Argument(help="procore, mri or reference")],
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="Port on 127.0.0.1: 9101 for procore, 9102 for mri, 9103 for reference where left out; 0 is any.",
        ),
    ] = None,
    store: Annotated[
        Path | None, typer.Option(help="File that keeps the data over restarts; memory where left out.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same world.")] = 7,
    writes: Annotated[
        list[str] | None,
        typer.Option(help="Class of writes, for reference: K4, or contracts=K3; may be given again."),
    ] = None,
) -> None:
    """Run one of the systems the hub connects, as a sandbox. Each has a manual: hub/sandboxes/<system>/README.md."""
    from functools import partial
    from sqlite3 import DatabaseError

    from hub.sandboxes import mri, procore, reference

    try:
        play = partial(reference.main, writes=reference.read_writes(writes or ()))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    mains: dict[str, tuple[int, Callable[[int, Path | None, int], None]]] = {
        "procore": (9101, procore.main),
        "mri": (9102, mri.main),
        "reference": (9103, play),
    }
    if system not in mains:
        raise typer.BadParameter(f"there is no sandbox {system}; choose one of {', '.join(mains)}")
    if writes and system != "reference":
        raise typer.BadParameter(f"the writes of {system} are as its system has them", param_hint="--writes")
    usual, main = mains[system]
    try:
        main(usual if port is None else port, store, seed)
    except DatabaseError as error:
        raise typer.BadParameter(f"{store} cannot be used: {error}", param_hint="--store") from error


@cli.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="Play the main job, then exit.")] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Begin anew, without the data of earlier demos.")
    ] = False,
    folder: Annotated[
        Path | None, typer.Option(help="Where its data is kept; .hub/demo where left out.")
    ] = None,
) -> None:
    """Start everything on this machine and play the main job."""
    from hub.demo.main import FOLDER, main

    raise typer.Exit(asyncio.run(main(once=once, fresh=fresh, folder=folder or FOLDER)))


if __name__ == "__main__":
    cli()
