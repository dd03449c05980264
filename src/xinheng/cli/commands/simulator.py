"""`xinheng simulator`: an upper platform to send to, on this machine only."""

from __future__ import annotations

import click

from xinheng.cli import failures
from xinheng.core.exchange.upper_rules import Trouble

DEFAULT = "province-service"


@click.command("simulator")
@click.option("--profile", default=DEFAULT, show_default=True, help="Whom it plays.")
@click.option("--seed", default=1, show_default=True, help="Of the hidden rules.")
@click.option("--port", default=0, help="Where it listens; 0 takes a free port.")
@click.option(
    "--place",
    default="",
    help="For SFTP a folder, for a front-end database its address on this machine:"
    " its tables are made anew.",
)
@click.option(
    "--hurry", default=1.0, show_default=True, help="How much faster its days pass."
)
@click.option(
    "--trouble",
    "troubles",
    multiple=True,
    type=click.Choice([str(each) for each in Trouble]),
    help="A kind of hidden rule; several may be given. Drawn by the seed without.",
)
def command(
    profile: str,
    seed: int,
    port: int,
    place: str,
    hurry: float,
    troubles: tuple[str, ...],
) -> None:
    """Play an upper platform with hidden rules until it is interrupted.

    It prints where it listens: for SFTP also the key of its sender and its own.
    """
    from xinheng.cli.simulator import playing

    try:
        shared = playing.new_shared(profile, seed=seed, hurry=hurry, troubles=troubles)
        playing.play(shared, port=port, place=place, say=click.echo)
    except playing.UnknownProfileError:
        failures.fail(
            "UNKNOWN_PROFILE",
            f"没有名为“{profile}”的上报配置。",
            f"There is no profile {profile!r}.",
            as_json=False,
        )
    except playing.MissingPlaceError:
        failures.fail(
            "PLACE",
            "请用 --place 指定目录（SFTP）或本机数据库地址。",
            "Give --place: a folder for SFTP, or a database on this machine.",
            as_json=False,
        )
